package io.dotp.nat.nft;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;

/** Any bytes for those who read the kernel's messages: states, never exceptions. */
class ElementDumpFuzzTest {
  @FuzzTest(maxDuration = "10m")
  void take_anyBytes_givesAState(FuzzedDataProvider data) {
    TableSet set = data.pickValue(TableSet.values());
    int sequence = data.consumeInt();
    byte[] datagram = data.consumeRemainingAsBytes();

    ElementDump.State state = new ElementDump(set, sequence).take(datagram, datagram.length);
    BatchReply reply = new BatchReply(sequence, sequence + 8, sequence + 7);
    reply.take(datagram, datagram.length);

    if (state == null) {
      throw new AssertionError("no state");
    }
  }
}

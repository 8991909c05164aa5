package io.dotp.nat.nft;

import io.dotp.ip.Family;
import io.dotp.ip.IpAddress;
import io.dotp.nat.nft.Answer.Broken;
import io.dotp.nat.nft.Answer.Given;
import io.dotp.nat.nft.CommitResult.Cause;
import io.dotp.nat.nft.CommitResult.Rejected;
import io.dotp.nat.nft.Nftables.ReadResult;
import java.util.ArrayList;
import java.util.List;

/**
 * Finds out at the start whether this kernel understands our messages, and we its. Leaves nothing
 * behind, also when killed in between: what is added is deleted in the same transaction.
 */
final class NetlinkProbe {
  /** All ones: no pool has it, and no host. */
  private static final IpAddress UNUSED4 = IpAddress.ofIpv4(-1);

  private static final IpAddress UNUSED6 = IpAddress.ofIpv6(-1, -1);

  /** A larger table is not listed a second time: libnftables would take a second and 100 MB. */
  private static final int MOST_COMPARED = 4_096;

  private NetlinkProbe() {}

  /**
   * @param sets of the table, as they are
   * @return empty when everything works, else what does not
   */
  static String fault(NetlinkElements elements, LibNftables library, List<TableSet> sets) {
    Answer<CommitResult> written = elements.tryOut(unused(sets));
    if (written instanceof Broken<CommitResult> broken) {
      return broken.text();
    }
    // A full set refuses one element more, and has understood the message.
    if (((Given<CommitResult>) written).verdict() instanceof Rejected rejected
        && rejected.cause() != Cause.FULL) {
      return rejected.text();
    }
    return readingFault(elements, library);
  }

  /**
   * @return empty when its dumps say what listings do
   */
  static String readingFault(NetlinkElements elements, LibNftables library) {
    Answer<ReadResult> answer = elements.read();
    if (answer instanceof Broken<ReadResult> broken) {
      return broken.text();
    }
    ReadResult read = ((Given<ReadResult>) answer).verdict();
    if (!(read instanceof ReadResult.Elements found)) {
      return ((ReadResult.Unreadable) read).text();
    }
    KernelElements kernel = found.elements();
    boolean compared = kernel.map().size() + kernel.reals().size() <= MOST_COMPARED;
    return compared && !library.listed().equals(read) ? "dump and listing differ" : "";
  }

  private static List<NftElement> unused(List<TableSet> sets) {
    List<NftElement> elements = new ArrayList<>();
    for (TableSet set : sets) {
      IpAddress address = set.family() == Family.IPV4 ? UNUSED4 : UNUSED6;
      elements.add(
          set.isMap()
              ? new NftElement.MapEntry(address, address)
              : new NftElement.RealEntry(address));
    }
    return elements;
  }
}

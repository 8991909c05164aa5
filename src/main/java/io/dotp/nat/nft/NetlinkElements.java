package io.dotp.nat.nft;

import io.dotp.metrics.NatMetrics;
import io.dotp.nat.nft.Answer.Broken;
import io.dotp.nat.nft.Answer.Given;
import io.dotp.nat.nft.CommitResult.Committed;
import io.dotp.nat.nft.CommitResult.Rejected;
import io.dotp.nat.nft.Nftables.ReadResult;
import io.dotp.netlink.NetlinkSocket;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Elements of one table over a netlink socket of its own. Thread: the one that opened it. */
final class NetlinkElements implements AutoCloseable {
  /*
   * The kernel carries a batch out inside send(2) and has queued every answer when that returns.
   * Hence: send, then take what is there without waiting. The wait is for a kernel that is unlike all
   * known ones, so that thread nat cannot hang.
   *
   * An answer that finds no room in the receive buffer is lost, and the next recv(2) says ENOBUFS.
   * Errors come before the acknowledgement and queue up in order, so an acknowledgement that got
   * through proves that no error was lost. With neither error nor acknowledgement the kernel is read,
   * and what it holds decides whether the transaction was carried out.
   */
  private static final Logger LOG = LoggerFactory.getLogger(NetlinkElements.class);

  /** A restore of 65,536 mappings of IPv6 takes 5 MB. */
  private static final int SEND_BYTES = 16 << 20;

  private static final int RECEIVE_BYTES = 1 << 20;
  private static final int WAIT_MILLIS = 2_000;

  /** Errors are short (NETLINK_CAP_ACK), or cut on old kernels, which the reader bears. */
  private static final int REPLY_BYTES = 2_048;

  /** An answer for each message of the longest batch, and more. */
  private static final int MOST_DATAGRAMS = 4_096;

  private final NetlinkSocket socket;
  private final KernelErrors errors;
  private final NatMetrics metrics;
  private final List<TableSet> sets;
  private final ElementBatch batch;
  private final ElementReader reader;
  private final byte[] reply = new byte[REPLY_BYTES];

  /** How sending a batch once ended. */
  private enum Ending {
    DONE,
    /** The kernel refused and undid everything. */
    REFUSED,
    TOO_LONG,
    /** No answer got through. */
    UNKNOWN,
    BROKEN
  }

  /**
   * One sending of a batch.
   *
   * @param errno of {@link Ending#REFUSED}
   * @param text for the log
   */
  private record Sent(Ending ending, int errno, String text) {}

  private NetlinkElements(
      NetlinkSocket socket,
      String table,
      List<TableSet> sets,
      KernelErrors errors,
      NatMetrics metrics) {
    this.socket = socket;
    this.sets = List.copyOf(sets);
    this.errors = errors;
    this.metrics = metrics;
    batch = new ElementBatch(table);
    reader = new ElementReader(socket, batch, errors);
  }

  /**
   * @param sets those that are read back
   */
  static Answer<NetlinkElements> open(
      String table, List<TableSet> sets, KernelErrors errors, NatMetrics metrics) {
    NetlinkSocket.Opening opening = NetlinkSocket.open(NetlinkSocket.NETFILTER);
    if (opening instanceof NetlinkSocket.Opening.Refused refused) {
      return new Broken<>(refused.call() + ": " + errors.words(refused.errno()));
    }
    NetlinkSocket socket = ((NetlinkSocket.Opening.Opened) opening).socket();
    socket.buffers(SEND_BYTES, RECEIVE_BYTES);
    socket.shortErrors();
    return new Given<>(new NetlinkElements(socket, table, sets, errors, metrics));
  }

  NetlinkSocket socket() {
    return socket;
  }

  /** All or nothing, but for what is too long for the socket, as {@link LibNftables#commit}. */
  Answer<CommitResult> commit(NftTransaction transaction) {
    if (transaction.isEmpty()) {
      return new Given<>(new Committed());
    }
    RetryPauses pauses = new RetryPauses();
    Sent sent = send(transaction);
    while (isPassing(sent) && pauses.pause()) {
      metrics.retriedTransactions.increment();
      sent = send(transaction);
    }
    return switch (sent.ending()) {
      case DONE -> new Given<>(new Committed());
      case REFUSED ->
          new Given<>(new Rejected(KernelErrors.causeOf(sent.errno()), "netlink: " + sent.text()));
      case TOO_LONG -> commitPieces(transaction, sent.text());
      case UNKNOWN, BROKEN -> new Broken<>(sent.text());
    };
  }

  private static boolean isPassing(Sent sent) {
    return sent.ending() == Ending.UNKNOWN
        || (sent.ending() == Ending.REFUSED && KernelErrors.isPassing(sent.errno()));
  }

  private Answer<CommitResult> commitPieces(NftTransaction transaction, String text) {
    if (!TransactionPieces.isDivisible(transaction)) {
      return new Broken<>(text);
    }
    List<NftTransaction> pieces = TransactionPieces.of(transaction);
    LOG.debug("transaction sent in pieces pieces={}", pieces.size());
    for (NftTransaction piece : pieces) {
      Answer<CommitResult> answer = commit(piece);
      boolean done = answer instanceof Given<CommitResult> given && isCommitted(given);
      if (!done) {
        return answer;
      }
    }
    return new Given<>(new Committed());
  }

  private static boolean isCommitted(Given<CommitResult> given) {
    return given.verdict() instanceof Committed;
  }

  private Sent send(NftTransaction transaction) {
    batch.build(transaction);
    Sent sent = exchange();
    if (sent.ending() != Ending.UNKNOWN) {
      return sent;
    }
    Answer<ReadResult> read = read();
    if (read instanceof Broken<ReadResult> broken) {
      return new Sent(Ending.BROKEN, 0, broken.text());
    }
    boolean done =
        ((Given<ReadResult>) read).verdict() instanceof ReadResult.Elements elements
            && transaction.isIn(elements.elements());
    return done ? new Sent(Ending.DONE, 0, "") : sent;
  }

  /**
   * Proves that batches and dumps work here, and leaves nothing behind: a batch that adds {@code
   * unused} and deletes it again.
   */
  Answer<CommitResult> tryOut(List<NftElement> unused) {
    batch.buildAddsThenDeletes(unused);
    Sent sent = exchange();
    return switch (sent.ending()) {
      case DONE -> new Given<>(new Committed());
      case REFUSED ->
          new Given<>(new Rejected(KernelErrors.causeOf(sent.errno()), "netlink: " + sent.text()));
      case TOO_LONG, UNKNOWN, BROKEN -> new Broken<>(sent.text());
    };
  }

  /** Sends what the batch holds and takes the answers. */
  private Sent exchange() {
    int errno = socket.send(batch.bytes(), batch.length());
    if (errno == KernelErrors.EMSGSIZE) {
      return new Sent(Ending.TOO_LONG, errno, "send: " + errors.words(errno));
    }
    if (KernelErrors.isPassing(errno)) {
      return new Sent(Ending.REFUSED, errno, "send: " + errors.words(errno));
    }
    if (errno != 0) {
      return new Sent(Ending.BROKEN, errno, "send: " + errors.words(errno));
    }
    BatchReply answers =
        new BatchReply(batch.firstSequence(), batch.lastSequence(), batch.acknowledgedSequence());
    return receive(answers);
  }

  private Sent receive(BatchReply answers) {
    boolean lost = false;
    boolean waited = false;
    for (int i = 0; i < MOST_DATAGRAMS && !answers.isComplete(); i++) {
      int length = socket.receive(reply);
      if (length >= 0) {
        answers.take(reply, length);
      } else if (length == -KernelErrors.ENOBUFS) {
        lost = true;
      } else if (length != -KernelErrors.EAGAIN) {
        return new Sent(Ending.BROKEN, -length, "recv: " + errors.words(-length));
      } else if (lost || waited || answers.error() != 0) {
        break;
      } else {
        waited = true;
        socket.await(WAIT_MILLIS);
      }
    }
    return judge(answers, lost);
  }

  private Sent judge(BatchReply answers, boolean lost) {
    int errno = answers.error();
    if (errno != 0) {
      String place = batch.place(answers.failedSequence(), answers.offset());
      String text = errors.words(errno) + (place.isEmpty() ? "" : ": " + place);
      // Any other number is about the messages, not about elements: libnftables may do better.
      boolean verdict =
          KernelErrors.isPassing(errno) || KernelErrors.causeOf(errno) != CommitResult.Cause.OTHER;
      return new Sent(verdict ? Ending.REFUSED : Ending.BROKEN, errno, text);
    }
    if (answers.isComplete()) {
      return new Sent(Ending.DONE, 0, "");
    }
    return lost
        ? new Sent(Ending.UNKNOWN, 0, "the kernel's answer was lost")
        : new Sent(Ending.BROKEN, 0, "no answer within " + WAIT_MILLIS + " ms");
  }

  Answer<ReadResult> read() {
    return read(sets);
  }

  Answer<ReadResult> read(List<TableSet> sets) {
    ReadElements elements = new ReadElements();
    for (TableSet set : sets) {
      ElementReader.Result result = reader.read(set);
      if (result instanceof ElementReader.Result.Broken broken) {
        return new Broken<>("dump of " + set.kernelName() + ": " + broken.text());
      }
      if (result instanceof ElementReader.Result.Refused refused) {
        return new Given<>(
            new ReadResult.Unreadable(
                KernelErrors.causeOf(refused.errno()),
                "netlink: dump of " + set.kernelName() + ": " + errors.words(refused.errno())));
      }
      elements.add(set, ((ElementReader.Result.Complete) result).listed());
    }
    return new Given<>(elements.result());
  }

  @Override
  public void close() {
    socket.close();
  }
}

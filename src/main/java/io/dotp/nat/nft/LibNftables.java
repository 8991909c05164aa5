package io.dotp.nat.nft;

import io.dotp.ip.Family;
import io.dotp.metrics.NatMetrics;
import io.dotp.nat.nft.Answer.Broken;
import io.dotp.nat.nft.Answer.Given;
import io.dotp.nat.nft.OpenResult.Reason;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes elements through libnftables. Thread: the one that opened it. */
public final class LibNftables implements Nftables {
  private static final Logger LOG = LoggerFactory.getLogger(LibNftables.class);

  private final NftContext context;
  private final TableWriter writer;
  private final TableRestorer restorer;
  private final KernelErrors errors;
  private List<TableSet> sets;
  private TableSpec spec;

  /** Reads elements, null when the library does. */
  private @Nullable NetlinkElements dumps;

  private LibNftables(
      NftContext context,
      TableWriter writer,
      TableRestorer restorer,
      KernelErrors errors,
      TableSpec spec,
      List<TableSet> sets) {
    this.context = context;
    this.restorer = restorer;
    this.writer = writer;
    this.errors = errors;
    this.spec = spec;
    this.sets = List.copyOf(sets);
  }

  /** Makes the table ready and binds it to the calling thread. */
  public static OpenResult open(TableSpec spec, NatMetrics metrics) {
    NativeLibraries.Loaded loaded = NativeLibraries.load();
    if (loaded instanceof NativeLibraries.Loaded.Absent absent) {
      return new OpenResult.Refused(Reason.MISSING_LIBRARY, NativeLibraries.missing(absent.text()));
    }
    return open(spec, (NativeLibraries.Loaded.Present) loaded, metrics);
  }

  private static OpenResult open(
      TableSpec spec, NativeLibraries.Loaded.Present libraries, NatMetrics metrics) {
    NftContext context = NftContext.open(libraries.nftables());
    if (context == null) {
      return new OpenResult.Refused(
          Reason.REJECTED, "libnftables gives no context: no memory or no netlink socket");
    }
    TableWriter writer = new TableWriter(context, libraries.errors(), spec.table(), metrics);
    Declarations declarations = new Declarations(context, libraries.errors(), spec.table());
    TableInstaller.Result result =
        new TableInstaller(declarations, libraries.errors(), writer, spec).install();
    if (result instanceof TableInstaller.Result.Failed failed) {
      context.close();
      return failed.refused();
    }
    TableInstaller.Result.Ready ready = (TableInstaller.Result.Ready) result;
    TableRestorer restorer = new TableRestorer(declarations, writer, spec, ready.managed());
    return new OpenResult.Opened(
        new LibNftables(context, writer, restorer, libraries.errors(), spec, ready.sets()),
        ready.managed(),
        spec.uses(Family.IPV4) ? ready.capacity(Family.IPV4) : 0,
        spec.uses(Family.IPV6) ? ready.capacity(Family.IPV6) : 0);
  }

  /** The file of libnftables in use, or why there is none. Needs no privilege. Thread: any. */
  public static String libraryFile() {
    return NativeLibraries.file();
  }

  /**
   * {@inheritDoc}
   *
   * <p>Errors: where the socket's send buffer cannot be raised (user namespaces), a transaction of
   * many thousand elements goes in pieces; Rejected then means that the earlier ones may stay.
   */
  @Override
  public CommitResult commit(NftTransaction transaction) {
    return writer.commit(transaction);
  }

  /** {@inheritDoc} */
  @Override
  public ReadResult read() {
    NetlinkElements own = dumps;
    if (own == null) {
      return listed();
    }
    Answer<ReadResult> answer = own.read(sets);
    if (answer instanceof Given<ReadResult> given) {
      return given.verdict();
    }
    LOG.info("elements are read by libnftables text=\"{}\"", ((Broken<ReadResult>) answer).text());
    readBy(null);
    return listed();
  }

  /**
   * Reads by the library itself, which takes a second for a full table, and begins again whenever
   * anybody commits meanwhile: beside a stranger who never rests it does not end.
   */
  ReadResult listed() {
    return writer.read(sets);
  }

  /**
   * Has {@link #read} ask the kernel itself, in bounded time. Every other call stays the library's.
   *
   * @param other has been tried out, and is closed by this; null for none
   */
  void readBy(@Nullable NetlinkElements other) {
    if (dumps != null) {
      dumps.close();
    }
    dumps = other;
  }

  /**
   * {@inheritDoc}
   *
   * <p>Errors: as {@link #commit}, also where the transaction went in pieces.
   */
  @Override
  public CommitResult restore(KernelElements wanted) {
    return restore(wanted, this);
  }

  /**
   * {@link #restore(KernelElements)} with another way to the elements.
   *
   * @param elements reads and commits them; its own {@code restore} is not called
   */
  CommitResult restore(KernelElements wanted, Nftables elements) {
    return restorer.restore(wanted, elements);
  }

  /** {@inheritDoc} */
  @Override
  public ReshapeResult reshape(KernelRules rules, KernelElements wanted) {
    TableSpec next = spec.with(rules);
    CommitResult result = restorer.reshape(next, wanted);
    if (result instanceof CommitResult.Rejected rejected) {
      return new ReshapeResult.Refused(rejected.cause(), rejected.text());
    }
    spec = next;
    TableInstaller.Result.Ready ready = restorer.ready();
    sets = ready.sets();
    return new ReshapeResult.Reshaped(
        spec.uses(Family.IPV4) ? ready.capacity(Family.IPV4) : 0,
        spec.uses(Family.IPV6) ? ready.capacity(Family.IPV6) : 0);
  }

  /** The sets to read back. */
  List<TableSet> sets() {
    return sets;
  }

  KernelErrors errors() {
    return errors;
  }

  @Override
  public void close() {
    readBy(null);
    context.close();
  }
}

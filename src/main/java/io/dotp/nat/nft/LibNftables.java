package io.dotp.nat.nft;

import io.dotp.ip.Family;
import io.dotp.metrics.NatMetrics;
import io.dotp.nat.nft.OpenResult.Reason;
import java.util.List;
import java.util.function.Supplier;

/** Writes elements through libnftables. Thread: the one that opened it. */
public final class LibNftables implements Nftables {
  private final NftContext context;
  private final TableWriter writer;
  private final TableRestorer restorer;
  private final KernelErrors errors;
  private List<TableSet> sets;
  private TableSpec spec;

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
    TableInstaller.Result result =
        new TableInstaller(context, libraries.errors(), writer, spec).install();
    if (result instanceof TableInstaller.Result.Failed failed) {
      context.close();
      return failed.refused();
    }
    TableInstaller.Result.Ready ready = (TableInstaller.Result.Ready) result;
    TableRestorer restorer =
        new TableRestorer(context, libraries.errors(), writer, spec, ready.managed());
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

  @Override
  public ReadResult read() {
    return writer.read(sets);
  }

  /**
   * {@inheritDoc}
   *
   * <p>Errors: as {@link #commit}, also where the transaction went in pieces.
   */
  @Override
  public CommitResult restore(KernelElements wanted) {
    return restore(wanted, this::read);
  }

  /**
   * {@link #restore(KernelElements)} with another way to read.
   *
   * @param reader gives what {@link #read} would
   */
  CommitResult restore(KernelElements wanted, Supplier<ReadResult> reader) {
    return restorer.restore(wanted, reader);
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
    context.close();
  }
}

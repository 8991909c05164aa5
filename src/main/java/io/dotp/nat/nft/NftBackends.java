package io.dotp.nat.nft;

import io.dotp.config.NatConfig.Backend;
import io.dotp.metrics.NatMetrics;
import io.dotp.nat.nft.Answer.Broken;
import io.dotp.nat.nft.Answer.Given;
import io.dotp.nat.nft.OpenResult.Opened;
import io.dotp.nat.nft.OpenResult.Reason;
import io.dotp.nat.nft.OpenResult.Refused;
import java.util.List;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Opens a table with the backend that the configuration asks for. */
public final class NftBackends {
  private static final Logger LOG = LoggerFactory.getLogger(NftBackends.class);

  private NftBackends() {}

  /**
   * Makes the table ready and binds it to the calling thread.
   *
   * <p>Errors: {@link Backend#AUTO} falls back to libnftables where netlink does not work; {@link
   * Backend#NETLINK} refuses then, with the table in place.
   *
   * @param nanoClock monotonic, compared by subtraction
   */
  public static OpenResult open(
      Backend backend, TableSpec spec, NatMetrics metrics, LongSupplier nanoClock) {
    if (backend == Backend.NONE) {
      return DryRunNftables.open(spec);
    }
    OpenResult result = LibNftables.open(spec, metrics);
    if (!(result instanceof Opened opened)) {
      return result;
    }
    LibNftables library = (LibNftables) opened.nftables();
    List<TableSet> sets = library.sets();
    NetlinkNftables.Source source =
        () -> NetlinkElements.open(spec.table(), library.sets(), library.errors(), metrics);
    if (backend == Backend.LIBNFTABLES) {
      LOG.info("elements are written by libnftables");
      readByNetlink(source, library);
      return opened;
    }
    Answer<NetlinkElements> tried = tried(source, library, sets);
    boolean fallback = backend == Backend.AUTO;
    if (tried instanceof Given<NetlinkElements> given) {
      LOG.info("elements are written by netlink fallback={}", fallback ? "libnftables" : "none");
      return new Opened(
          new NetlinkNftables(library, given.verdict(), source, fallback, metrics, nanoClock),
          opened.managed(),
          opened.capacityIpv4(),
          opened.capacityIpv6());
    }
    String text = ((Broken<NetlinkElements>) tried).text();
    if (fallback) {
      LOG.warn("elements are written by libnftables, netlink does not work here text=\"{}\"", text);
      return opened;
    }
    library.close();
    return new Refused(
        Reason.REJECTED,
        "--nft-backend netlink does not work here (" + text + "): use auto or libnftables");
  }

  /** Only where dumps say what listings do. */
  private static void readByNetlink(NetlinkNftables.Source source, LibNftables library) {
    if (source.open() instanceof Given<NetlinkElements> given) {
      if (NetlinkProbe.readingFault(given.verdict(), library).isEmpty()) {
        library.readBy(given.verdict());
      } else {
        given.verdict().close();
      }
    }
  }

  private static Answer<NetlinkElements> tried(
      NetlinkNftables.Source source, LibNftables library, List<TableSet> sets) {
    Answer<NetlinkElements> answer = source.open();
    if (answer instanceof Given<NetlinkElements> given) {
      String fault = NetlinkProbe.fault(given.verdict(), library, sets);
      if (!fault.isEmpty()) {
        given.verdict().close();
        return new Broken<>(fault);
      }
    }
    return answer;
  }
}

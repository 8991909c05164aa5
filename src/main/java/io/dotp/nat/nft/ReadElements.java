package io.dotp.nat.nft;

import io.dotp.ip.IpAddress;
import io.dotp.nat.nft.ElementListing.Result.Listed;
import io.dotp.nat.nft.Nftables.ReadResult;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts the elements of several sets together. */
final class ReadElements {
  private static final Logger LOG = LoggerFactory.getLogger(ReadElements.class);

  private final Map<IpAddress, IpAddress> map = new HashMap<>();
  private final Set<IpAddress> reals = new HashSet<>();
  private final List<String> foreign = new ArrayList<>();

  void add(TableSet set, Listed listed) {
    map.putAll(listed.pairs());
    reals.addAll(listed.keys());
    if (listed.foreign() > 0) {
      foreign.add(set.kernelName() + "=" + listed.foreign());
    }
  }

  ReadResult.Elements result() {
    if (!foreign.isEmpty()) {
      LOG.warn("elements of another form left alone {}", String.join(" ", foreign));
    }
    return new ReadResult.Elements(new KernelElements(map, reals));
  }
}

package io.dotp.dns.resolver;

import io.dotp.config.RouteId;
import io.dotp.name.WireName;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DNAMERecord;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.NameTooLongException;
import org.xbill.DNS.Record;
import org.xbill.DNS.SVCBBase;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/**
 * Which names of one response are steered: those that a route lists, those that aliases lead to
 * from there, and those that aliases of earlier responses led to. A name's own listing beats an
 * inherited one, and that beats a remembered one. The order of records means nothing.
 */
final class SteeredNames {
  /*
   * A search from every name of the response, along CNAME, SVCB and HTTPS targets and through
   * DNAME. A name is expanded when it is found and once more when it turns out to be steered, so
   * the cost is linear in the records. A DNAME whose owner is steered steers everything below its
   * target; there may be at most LONGEST_CHAIN of these, for each of them has to be held against
   * all names.
   */

  /** Longest alias chain that is followed. */
  static final int LONGEST_CHAIN = 16;

  /** One response must not fill the memory of aliases. */
  static final int MOST_INHERITED = 64;

  private final RewriteRules rules;
  private final Map<Name, Steering> byName = new HashMap<>();
  private final Map<Name, List<Name>> targets = new HashMap<>();
  private final Map<Name, List<DNAMERecord>> subtrees = new HashMap<>();
  private final Set<Name> below = new HashSet<>();
  private final List<Hop> hops = new ArrayList<>();
  private final ArrayDeque<Name> open = new ArrayDeque<>();
  private boolean tooLong;

  /**
   * What is known of a name.
   *
   * @param route null when it is not steered
   * @param steps aliases between a name of the response and this one
   * @param listed whether a route lists the name itself; one that passes it on steers nothing
   * @param root where the aliases began that led here: the name itself unless it has inherited
   */
  private record Steering(@Nullable RouteId route, int steps, boolean listed, Name root) {}

  /** Who leads to a name. */
  private record Leader(RouteId route, Name root) {}

  /** One alias, or what a DNAME makes of one name, with the TTL of its record. */
  private record Hop(Name owner, Name target, long ttlSeconds) {}

  private SteeredNames(RewriteRules rules) {
    this.rules = rules;
  }

  /** Finds them, or gives null when the aliases form a loop or a longer chain than is followed. */
  static @Nullable SteeredNames of(Message response, RewriteRules rules) {
    SteeredNames names = new SteeredNames(rules);
    if (!names.takeAliases(response)) {
      return null;
    }
    names.seed(response.getQuestion().getName());
    for (int section = Section.ANSWER; section <= Section.ADDITIONAL; section++) {
      for (Record each : response.getSection(section)) {
        if (each.getType() != Type.OPT) {
          names.seed(each.getName());
        }
      }
    }
    names.targets.values().forEach(targets -> targets.forEach(names::seed));
    names.expandAll();
    names.recall();
    names.expandAll();
    return names.tooLong ? null : names;
  }

  private void expandAll() {
    while (!open.isEmpty() && !tooLong) {
      expand(open.remove());
    }
  }

  /** What this response says of a name counts for more, so the memory is asked last. */
  private void recall() {
    for (Name name : List.copyOf(byName.keySet())) {
      if (route(name) == null) {
        RouteId remembered = rules.remembered(name);
        if (remembered != null) {
          reach(name, remembered, 0, name);
        }
      }
    }
  }

  /** Whether the CNAMEs that lead on from the question come to an end within the limit. */
  private boolean takeAliases(Message response) {
    Map<Name, Name> chain = new HashMap<>();
    for (int section = Section.ANSWER; section <= Section.ADDITIONAL; section++) {
      for (Record each : response.getSection(section)) {
        if (each instanceof DNAMERecord subtree) {
          subtrees.computeIfAbsent(each.getName(), name -> new ArrayList<>()).add(subtree);
        } else if (each instanceof CNAMERecord alias) {
          addTarget(alias, alias.getTarget(), section);
          if (section == Section.ANSWER) {
            chain.put(alias.getName(), alias.getTarget());
          }
        } else if (each instanceof SVCBBase service && !service.getTargetName().equals(Name.root)) {
          addTarget(service, service.getTargetName(), section);
        }
      }
    }
    Name at = response.getQuestion().getName();
    for (int step = 0; step <= LONGEST_CHAIN && at != null; step++) {
      at = chain.get(at);
    }
    return at == null;
  }

  private void addTarget(Record alias, Name target, int section) {
    targets.computeIfAbsent(alias.getName(), name -> new ArrayList<>()).add(target);
    if (section != Section.AUTHORITY) {
      hops.add(new Hop(alias.getName(), target, alias.getTTL()));
    }
  }

  private void seed(Name name) {
    reach(name, null, 0, name);
  }

  private void reach(Name name, @Nullable RouteId inherited, int steps, Name root) {
    Steering known = byName.get(name);
    if (known != null && (inherited == null || known.route() != null || known.listed())) {
      return;
    }
    RouteId own = known == null ? rules.listing(name) : null;
    boolean passed = own != null && rules.isPassed(own);
    byName.put(
        name,
        own == null
            ? new Steering(inherited, steps, false, inherited == null ? name : root)
            : new Steering(passed ? null : own, steps, true, name));
    tooLong |= steps > LONGEST_CHAIN;
    open.add(name);
  }

  private void expand(Name name) {
    Steering steering = byName.get(name);
    if (steering == null) {
      return;
    }
    RouteId route = steering.route();
    int steps = steering.steps() + 1;
    Name root = steering.root();
    for (Name target : targets.getOrDefault(name, List.of())) {
      reach(target, route, steps, root);
    }
    if (!subtrees.isEmpty()) {
      for (DNAMERecord subtree : subtrees.getOrDefault(name, List.of())) {
        steerBelow(subtree.getTarget(), route, steps, root);
      }
      moveBelow(name, route, steps, root);
    }
  }

  /** When the owner of a DNAME is steered, so is all that its target holds. */
  private void steerBelow(Name target, @Nullable RouteId route, int steps, Name root) {
    reach(target, route, steps, root);
    if (route != null && below.add(target)) {
      tooLong |= below.size() > LONGEST_CHAIN;
      for (Name known : List.copyOf(byName.keySet())) {
        if (known.subdomain(target)) {
          reach(known, route, steps, root);
        }
      }
    }
  }

  /** RFC 6672 section 2.2: a name below the owner of a DNAME moves below its target. */
  private void moveBelow(Name name, @Nullable RouteId route, int steps, Name root) {
    for (int cut = 1; cut < name.labels(); cut++) {
      Name ancestor = new Name(name, cut);
      for (DNAMERecord subtree : subtrees.getOrDefault(ancestor, List.of())) {
        int length = name.length() - ancestor.length() + subtree.getTarget().length();
        // Section 2.2 too: a name that would become too long leads nowhere.
        if (length <= WireName.MAX_LENGTH) {
          Name moved = moved(name, subtree);
          hops.add(new Hop(name, moved, subtree.getTTL()));
          reach(moved, route, steps, root);
        }
      }
    }
  }

  private static Name moved(Name name, DNAMERecord subtree) {
    try {
      return name.fromDNAME(subtree);
    } catch (NameTooLongException e) {
      throw new IllegalStateException("a name of legal length was refused", e);
    }
  }

  /** The route that steers {@code name} in this response, null for none. */
  @Nullable RouteId route(Name name) {
    Steering known = byName.get(name);
    return known == null ? null : known.route();
  }

  /** The routes that steer any of the names. */
  Set<RouteId> routes() {
    Set<RouteId> routes = new HashSet<>();
    byName.values().forEach(known -> addTo(routes, known.route()));
    return routes;
  }

  private static void addTo(Set<RouteId> routes, @Nullable RouteId route) {
    if (route != null) {
      routes.add(route);
    }
  }

  /**
   * Names without a listing of their own that aliases of steered names lead to, each route and root
   * once.
   */
  List<InheritedAlias> inherited() {
    if (hops.isEmpty()) {
      return List.of();
    }
    Map<Name, Map<Leader, Long>> found = new LinkedHashMap<>();
    for (Hop hop : hops) {
      Steering owner = byName.get(hop.owner());
      RouteId route = owner == null ? null : owner.route();
      Steering target = byName.get(hop.target());
      boolean itself = hop.owner().equals(hop.target());
      if (owner != null && route != null && target != null && !target.listed() && !itself) {
        found
            .computeIfAbsent(hop.target(), name -> new LinkedHashMap<>())
            .merge(new Leader(route, owner.root()), hop.ttlSeconds(), Math::max);
      }
    }
    return found.entrySet().stream()
        .flatMap(
            each ->
                each.getValue().entrySet().stream()
                    .map(
                        lead ->
                            new InheritedAlias(
                                each.getKey(),
                                lead.getKey().route(),
                                lead.getKey().root(),
                                lead.getValue())))
        .toList();
  }
}

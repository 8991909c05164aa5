package io.dotp.dns.resolver;

import io.dotp.config.RouteId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DNAMERecord;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.SVCBBase;
import org.xbill.DNS.Section;

/**
 * Which names of one response are steered: those that a route lists, and those that aliases lead to
 * from there. A name's own listing beats an inherited one. The order of records means nothing.
 */
final class SteeredNames {
  /** Longest alias chain that is followed. */
  static final int LONGEST_CHAIN = 16;

  private final RewriteRules rules;
  private final Map<Name, RouteId> listed = new HashMap<>();
  private final Map<Name, RouteId> inherited = new HashMap<>();
  private final Set<Name> asked = new HashSet<>();

  private SteeredNames(RewriteRules rules) {
    this.rules = rules;
  }

  static SteeredNames of(Message response, RewriteRules rules) {
    SteeredNames names = new SteeredNames(rules);
    List<Record> aliases = new ArrayList<>();
    for (int section = Section.ANSWER; section <= Section.ADDITIONAL; section++) {
      for (Record each : response.getSection(section)) {
        if (aliasTarget(each) != null) {
          aliases.add(each);
        }
      }
    }
    // Every pass follows the aliases one step further, so a chain within the limit is complete.
    boolean grown = true;
    for (int pass = 0; pass <= LONGEST_CHAIN && grown; pass++) {
      grown = false;
      for (Record alias : aliases) {
        grown |= names.inherit(alias);
      }
    }
    return names;
  }

  private boolean inherit(Record alias) {
    RouteId route = route(alias.getName());
    Name target = aliasTarget(alias);
    return route != null
        && target != null
        && ownRoute(target) == null
        && inherited.putIfAbsent(target, route) == null;
  }

  /** The route that steers {@code name} in this response, null for none. */
  @Nullable RouteId route(Name name) {
    RouteId own = ownRoute(name);
    return own != null ? own : inherited.get(name);
  }

  private @Nullable RouteId ownRoute(Name name) {
    if (asked.add(name)) {
      RouteId route = rules.listing(name);
      if (route != null) {
        listed.put(name, route);
      }
    }
    return listed.get(name);
  }

  private static @Nullable Name aliasTarget(Record each) {
    if (each instanceof CNAMERecord cname) {
      return cname.getTarget();
    }
    if (each instanceof DNAMERecord dname) {
      return dname.getTarget();
    }
    boolean elsewhere = each instanceof SVCBBase svcb && !svcb.getTargetName().equals(Name.root);
    return elsewhere ? ((SVCBBase) each).getTargetName() : null;
  }

  /** Whether the CNAMEs that lead on from the question come to an end within the limit. */
  static boolean chainEnds(Message response) {
    Map<Name, Name> next = new HashMap<>();
    for (Record each : response.getSection(Section.ANSWER)) {
      if (each instanceof CNAMERecord cname) {
        next.put(cname.getName(), cname.getTarget());
      }
    }
    Name at = response.getQuestion().getName();
    for (int step = 0; step <= LONGEST_CHAIN; step++) {
      at = next.get(at);
      if (at == null) {
        return true;
      }
    }
    return false;
  }
}

package io.dotp.dns.resolver;

import io.dotp.config.RouteConfig;
import io.dotp.config.RouteId;
import io.dotp.config.Treatment;
import io.dotp.ip.IpAddress;
import io.dotp.name.DomainName;
import io.dotp.name.WireName;
import io.dotp.policy.ClientView;
import io.dotp.policy.Policy;
import io.dotp.policy.UpstreamChoice;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.BiPredicate;
import java.util.function.Predicate;

/**
 * The names of one configuration: what is shared between all clients, and for each kind of clients
 * what the names are to them. As a predicate it tells whether a name may be steered for any client
 * at all, which is what can be said of a response that several of them wait for. Thread: any.
 */
public final class ListedNames implements Predicate<WireName> {
  /** Room for the generations of one configuration. */
  private static final int EPOCH_SHIFT = 40;

  private final Policy policy;
  private final AliasMemory memory;
  private final UpstreamChoice choice;
  private final Map<RouteId, Treatment> treatments = new HashMap<>();

  /** Of the routes; one of an earlier configuration comes last. */
  private final Comparator<RouteId> order;

  /** Of a client that had all routes that give out fakes, and no other. */
  private final ClientView anySteered;

  /** Of clients that had one route each. */
  private final Map<RouteId, ClientView> alone = new HashMap<>();

  private final BiPredicate<RouteId, DomainName> mayLead = this::mayLead;
  private final ConcurrentMap<ClientView, ClientNames> clients = new ConcurrentHashMap<>();
  private final boolean uniform;

  /** How often the names have been replaced. */
  private final long epoch;

  /**
   * @param policy of {@code routes}
   */
  public ListedNames(
      Policy policy, List<RouteConfig> routes, AliasMemory memory, UpstreamChoice choice) {
    this(policy, routes, memory, choice, 0);
  }

  private ListedNames(
      Policy policy,
      List<RouteConfig> routes,
      AliasMemory memory,
      UpstreamChoice choice,
      long epoch) {
    this.policy = policy;
    this.memory = memory;
    this.choice = choice;
    this.epoch = epoch;
    Map<RouteId, Integer> places = new HashMap<>();
    routes.forEach(route -> places.put(route.id(), places.size()));
    this.order = Comparator.comparingInt(id -> places.getOrDefault(id, places.size()));
    routes.forEach(route -> treatments.put(route.id(), route.treatment()));
    this.anySteered = policy.view(route -> treatment(route).hasFakes());
    for (RouteConfig route : routes) {
      if (route.treatment().hasFakes()) {
        alone.put(route.id(), policy.view(route.id()::equals));
      }
    }
    this.uniform = policy.isUniform() && treatments.values().stream().allMatch(Treatment::hasFakes);
  }

  /** Other names, with what aliases of those have left that are still listed. */
  public ListedNames with(Policy other, List<RouteConfig> routes, UpstreamChoice asked) {
    return new ListedNames(other, routes, memory, asked, epoch + 1);
  }

  /** What names are to {@code client}; allocates nothing but for the first client of a kind. */
  public ClientNames of(IpAddress client) {
    ClientView view = policy.view(client);
    ClientNames names = clients.get(view);
    return names == null
        ? clients.computeIfAbsent(view, fresh -> new ClientNames(this, fresh))
        : names;
  }

  /** Whether there is a client for whom {@code name} may be steered. */
  @Override
  public boolean test(WireName name) {
    return policy.decide(name, anySteered) != null || memory.route(name, mayLead, order) != null;
  }

  /** Whether what {@link #test} says holds for every client. */
  boolean isUniform() {
    return uniform;
  }

  /** Whether there is a client that an alias of {@code root} still leads on. */
  private boolean mayLead(RouteId route, DomainName root) {
    ClientView only = alone.get(route);
    return only != null && policy.decide(root.toWireName(), only) != null;
  }

  /** For whichever client: those of other routes must not be forgotten over it. */
  boolean remember(InheritedAlias alias, DomainName root) {
    return memory.remember(alias.target(), alias.route(), root, alias.ttlSeconds(), mayLead, order);
  }

  Treatment treatment(RouteId route) {
    return treatments.getOrDefault(route, Treatment.PASS);
  }

  Policy policy() {
    return policy;
  }

  AliasMemory memory() {
    return memory;
  }

  Comparator<RouteId> order() {
    return order;
  }

  /** Which groups of servers are asked. */
  public UpstreamChoice choice() {
    return choice;
  }

  /** Changes whenever a name becomes listed, and with every other configuration. */
  long generation() {
    return (epoch << EPOCH_SHIFT) + memory.generation();
  }
}

package io.dotp.lists;

import io.dotp.config.RouteConfig;
import io.dotp.policy.Policy;
import java.util.List;
import java.util.Map;

/** What came of reading the lists of all routes. */
public sealed interface ListReading {
  /**
   * All of them can be used.
   *
   * @param policy what they and the names of the configuration say
   * @param warnings about single lines and about lists that are not there yet
   */
  record Read(Policy policy, List<ListStatus> lists, List<String> warnings, Basis basis)
      implements ListReading {
    public Read {
      lists = List.copyOf(lists);
      warnings = List.copyOf(warnings);
    }

    /** How many rules the lists give. */
    public long entries() {
      return lists.stream().mapToLong(ListStatus::entries).sum();
    }
  }

  /**
   * At least one cannot.
   *
   * @param mistakes one message each, with the place in the configuration in front
   * @param ofFiles whether a list is at fault and not the configuration
   * @param failures why, by the names of the lists
   */
  record Refused(List<String> mistakes, boolean ofFiles, Map<String, String> failures)
      implements ListReading {
    public Refused {
      mistakes = List.copyOf(mistakes);
      failures = Map.copyOf(failures);
    }
  }

  /**
   * What was read: for whom, and which state of the files.
   *
   * @param stamps from just before
   */
  record Basis(List<RouteConfig> routes, FileStamps stamps) {
    public Basis {
      routes = List.copyOf(routes);
    }
  }
}

package io.dotp.control;

import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What the daemon can be asked and told. None of them blocks: they are called on the control loop.
 *
 * @param status at this moment
 * @param reload reads the configuration again and puts it in force, or says why not
 * @param lists what there is about domain lists
 */
public record ControlFunctions(
    Supplier<StatusReport> status,
    Supplier<CompletionStage<ReloadReport>> reload,
    ListFunctions lists) {
  /**
   * About domain lists.
   *
   * @param status of every list, in the order of the configuration
   * @param refresh fetches or reads again the list of that name, of an empty name all; ends with
   *     how each of them is then, with none when there is no such list
   * @param lookup which routes list a name, the one that it takes first, for the client with the
   *     address behind it; an empty one is a client of whom nothing is known
   */
  public record ListFunctions(
      Supplier<List<ListReport>> status,
      Function<String, CompletionStage<List<ListReport>>> refresh,
      BiFunction<String, String, CompletionStage<LookupReport>> lookup) {}
}

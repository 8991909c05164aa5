package io.dotp.nat.nft;

import io.dotp.nat.nft.CommitResult.Cause;
import io.dotp.nat.nft.NftContext.Output;
import java.util.Map;

/** Looks at what a table declares, never at its elements. Thread: the context's. */
final class Declarations {
  /*
   * Asked for one table, libnftables 1.0.6 fetches the elements of all its sets even for a listing
   * without them, and begins again whenever anybody commits anything meanwhile: beside a busy
   * stranger a look at a full table never ends. Asked for every table of the family it fetches none
   * but those of anonymous sets, which takes a moment too short to be disturbed for ever.
   */
  private static final String COMMAND = "list ruleset inet";

  private final NftContext context;
  private final KernelErrors errors;
  private final String table;

  Declarations(NftContext context, KernelErrors errors, String table) {
    this.context = context;
    this.errors = errors;
    this.table = table;
  }

  /** What a look found. */
  sealed interface Look {
    /**
     * The table is there.
     *
     * @param text its listing without elements and counts
     */
    record Found(String text) implements Look {}

    /** There is no such table. */
    record Absent() implements Look {}

    /** Nothing can be told. */
    record Unreadable(Cause cause, String text) implements Look {}
  }

  Look look() {
    NftContext.Reply reply = context.run(COMMAND, Output.DECLARATIONS);
    if (!reply.ok()) {
      return new Look.Unreadable(errors.causeOf(reply.error()), reply.error());
    }
    String listing = "\n" + reply.output();
    int begin = listing.indexOf("\ntable inet " + table + " {");
    int end = listing.indexOf("\n}\n", Math.max(0, begin));
    return begin < 0 || end < 0
        ? new Look.Absent()
        : new Look.Found(listing.substring(begin + 1, end + 3));
  }

  /** What {@link #shapes} gives. */
  sealed interface Shapes {
    /** The declared sets and maps by name; none where there is no table. */
    record Known(Map<String, SetShape> shapes) implements Shapes {}

    /** They cannot be read. */
    record Unreadable(String text) implements Shapes {}
  }

  Shapes shapes() {
    NftContext.Reply reply = context.run(COMMAND, Output.TERSE_JSON);
    if (!reply.ok()) {
      return new Shapes.Unreadable(reply.error());
    }
    SchemaListing.Result result = SchemaListing.parse(reply.output(), table);
    return result instanceof SchemaListing.Result.Listed listed
        ? new Shapes.Known(listed.shapes())
        : new Shapes.Unreadable("listing: " + ((SchemaListing.Result.Malformed) result).text());
  }
}

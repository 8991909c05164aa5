package io.dotp.nat.nft;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;

/** Any bytes for the two readers of listings: results, never exceptions. */
class ElementListingFuzzTest {
  @FuzzTest(maxDuration = "10m")
  void parse_anyText_givesAResult(FuzzedDataProvider data) {
    TableSet set = data.pickValue(TableSet.values());
    String json = data.consumeRemainingAsString();

    ElementListing.Result elements = ElementListing.parse(set, json);
    SchemaListing.Result schema = SchemaListing.parse(json, "dotp");

    if (elements == null || schema == null) {
      throw new AssertionError("no result");
    }
  }
}

package io.dotp.config;

import java.util.Collection;

/** What somebody meant who wrote a word that is unknown. */
final class Suggestion {
  /** Letters that may be wrong; beyond that a word is another one. */
  private static final int MOST_WRONG = 2;

  private Suggestion() {}

  /** {@code ", did you mean X?"}, or nothing when no known word is near. */
  static String of(String word, Collection<String> known) {
    String best = "";
    int least = Math.min(MOST_WRONG, word.length() / 2) + 1;
    for (String candidate : known.stream().sorted().toList()) {
      int wrong = distance(word, candidate);
      if (wrong < least) {
        least = wrong;
        best = candidate;
      }
    }
    return best.isEmpty() ? "" : ", did you mean " + best + "?";
  }

  /** Letters to insert, delete, replace or swap with their neighbour (optimal string alignment). */
  private static int distance(String a, String b) {
    int[][] costs = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        costs[i][j] = i == 0 || j == 0 ? i + j : step(costs, a, b, i, j);
      }
    }
    return costs[a.length()][b.length()];
  }

  private static int step(int[][] costs, String a, String b, int i, int j) {
    int replaced = costs[i - 1][j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
    int cost = Math.min(replaced, 1 + Math.min(costs[i - 1][j], costs[i][j - 1]));
    boolean swapped =
        i > 1 && j > 1 && a.charAt(i - 1) == b.charAt(j - 2) && a.charAt(i - 2) == b.charAt(j - 1);
    return swapped ? Math.min(cost, costs[i - 2][j - 2] + 1) : cost;
  }
}

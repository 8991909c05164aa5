package io.dotp.daemon;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A DNS scenario file: who is asked what, what the upstream says, what the client must get.
 *
 * <pre>
 * # comment
 * FLAGS -d example.com -4 198.18.0.0/24 -6 2001:2:0:d07::/64
 * UPSTREAM www.example.com A          what the upstream answers to this question from here on
 *   RCODE NOERROR                     NOERROR by default; SILENT: no answer at all
 *   HEADER AD TC                      header bits besides QR RD RA; TC only over UDP
 *   ANSWER www.example.com. 300 IN A 203.0.113.10
 * OTHER www.lan A                     the same for a second upstream, {@code @other} in the flags
 * CLIENT udp www.example.com A DO CD  transport, question, what is set in it; EDNS=size, NOEDNS
 * EXPECT NOERROR                      RCODE
 *   HEADER RA                         header bits beside QR and RD, exactly
 *   EDE 4
 *   ANSWER www.example.com. 60 IN A fake(203.0.113.10)
 *   RAW                               nothing else is looked at: the upstream's own bytes but for ID and OPT
 * EXPECT NODATA-WITH-SOA              NOERROR, no answer, an SOA made here
 * EXPECT SILENCE                      no answer at all
 * ASKED 1                             queries that the upstream has had for the last question
 * TIME 60                             seconds pass
 * MAPPED 203.0.113.10                 the kernel holds a fake of it; UNMAPPED: it does not
 * </pre>
 *
 * A section that is not named must be empty; the order of records within a section is free. An
 * address written {@code fake(REAL)} stands for the fake that the kernel maps to REAL, and a name
 * written {@code reverse(REAL)} for the reverse name of that fake. A TTL written {@code ~40} has
 * aged, so that it may be a few seconds less.
 */
record Scenario(String name, List<String> flags, List<Step> steps) {
  private static final List<String> SECTIONS = List.of("ANSWER", "AUTHORITY", "ADDITIONAL");

  /** One step with its indented lines: records by section, other lines by their first word. */
  record Step(int line, String verb, List<String> words, Map<String, List<String>> details) {
    List<String> records(String section) {
      return details.getOrDefault(section, List.of());
    }

    List<String> detail(String key) {
      return details.getOrDefault(key, List.of());
    }
  }

  static Scenario read(Path file) throws IOException {
    List<String> flags = new ArrayList<>();
    List<Step> steps = new ArrayList<>();
    int number = 0;
    for (String line : Files.readAllLines(file)) {
      number++;
      int comment = line.indexOf('#');
      String text = comment < 0 ? line : line.substring(0, comment);
      if (text.isBlank()) {
        continue;
      }
      List<String> words = Arrays.asList(text.trim().split("\\s+"));
      List<String> rest = words.subList(1, words.size());
      if (Character.isWhitespace(text.charAt(0))) {
        addDetail(steps.get(steps.size() - 1), words.get(0), rest);
      } else if (words.get(0).equals("FLAGS")) {
        flags.addAll(rest);
      } else {
        steps.add(new Step(number, words.get(0), rest, new LinkedHashMap<>()));
      }
    }
    return new Scenario(file.getFileName().toString(), flags, steps);
  }

  private static void addDetail(Step step, String key, List<String> rest) {
    List<String> lines = step.details().computeIfAbsent(key, first -> new ArrayList<>());
    if (SECTIONS.contains(key)) {
      lines.add(String.join(" ", rest));
    } else {
      lines.addAll(rest.isEmpty() ? List.of("") : rest);
    }
  }
}

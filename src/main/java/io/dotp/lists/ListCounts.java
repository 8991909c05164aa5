package io.dotp.lists;

/**
 * Lines of a list, comments and empty ones left out; entries in the formats that are no lines.
 *
 * @param good lines that gave a rule, those that an attribute filter left out included
 * @param bad lines that no reader of the format would take
 * @param notApplicable lines that are right and say something else than names
 * @param rules of every kind, doubles included
 */
public record ListCounts(int good, int bad, int notApplicable, int rules) {}

package io.dotp.control;

/**
 * One domain list at this moment.
 *
 * @param name for commands
 * @param source file or URL
 * @param format as which it was read, empty when it never was
 * @param rules that are in force
 * @param badLines that were left out
 * @param loadedAt when that was read, in seconds since 1970; 0 for never
 * @param fetchedAt when the source last gave or confirmed it; 0 for never and for files
 * @param failure why what is in force is not the newest, empty when it is
 */
public record ListReport(
    String name,
    String source,
    String format,
    int rules,
    int badLines,
    long loadedAt,
    long fetchedAt,
    String failure) {}

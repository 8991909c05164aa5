package io.dotp.config;

import java.nio.file.Path;

/**
 * What the defaults depend on.
 *
 * @param root whether we run as uid 0
 * @param stateHome {@code $XDG_STATE_HOME}, or its default, for an ordinary user
 * @param workingDirectory against which relative paths are read
 */
public record Environment(boolean root, Path stateHome, Path workingDirectory) {}

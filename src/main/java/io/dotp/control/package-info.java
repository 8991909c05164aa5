/**
 * The control socket: HTTP/1.1 and JSON on a Unix socket, for {@code dotp status}, {@code dotp
 * reload}, {@code dotp lists} and whoever else has something to ask. It knows no other part: the
 * daemon hands it functions. One loop of its own, so that a slow client here delays no query.
 *
 * <p>Reading order: {@link io.dotp.control.ControlSocket}, {@link io.dotp.control.ControlApi},
 * {@link io.dotp.control.ControlFunctions}.
 */
@NullMarked
package io.dotp.control;

import org.jspecify.annotations.NullMarked;

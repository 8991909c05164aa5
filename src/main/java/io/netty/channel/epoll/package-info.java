/** One cure for one fault of Netty, in the only package from which it can be applied. */
@NullMarked
package io.netty.channel.epoll;

import org.jspecify.annotations.NullMarked;

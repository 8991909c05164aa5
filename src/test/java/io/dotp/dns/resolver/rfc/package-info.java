/** Sentences of the standards, each with the test that holds us to it. */
@NullMarked
package io.dotp.dns.resolver.rfc;

import org.jspecify.annotations.NullMarked;

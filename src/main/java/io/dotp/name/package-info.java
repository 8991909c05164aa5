/**
 * Domain names in canonical wire form: lower case, without compression, root label included (RFC
 * 1035 section 3.1, RFC 4034 section 6.2). A leaf without I/O; matching is done on these bytes and
 * never on text.
 *
 * <p>Reading order: {@link io.dotp.name.DomainName}, the value; {@link io.dotp.name.WireName}, the
 * reusable view of the hot path; {@link io.dotp.name.NameText}, which fills it from the text of a
 * list; {@link io.dotp.name.NameHash}, the hash that hostile names cannot foresee.
 */
@NullMarked
package io.dotp.name;

import org.jspecify.annotations.NullMarked;

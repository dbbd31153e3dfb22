/** UDP within IPv4, for those who hear and send it without a port of their own (RFC 768, RFC 791). */
@NullMarked
package firstlight.wire.ip;

import org.jspecify.annotations.NullMarked;

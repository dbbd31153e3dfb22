/** The two messages of router discovery (RFC 4861 4.1, 4.2). Checksums are the kernel's. */
@NullMarked
package firstlight.wire.icmp6;

import org.jspecify.annotations.NullMarked;

/** The stream of a multicast session: packets, reports, erasure code, seals. docs/protocol/multicast.md tells the whole. */
@NullMarked
package firstlight.wire.multicast;

import org.jspecify.annotations.NullMarked;

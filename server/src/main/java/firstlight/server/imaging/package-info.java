/** The imaging engine's partner: docs/protocol/engine.md over HTTPS, with entitlement to one transaction's work and no more. */
@NullMarked
package firstlight.server.imaging;

import org.jspecify.annotations.NullMarked;

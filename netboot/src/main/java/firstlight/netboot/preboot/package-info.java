/** The transaction server's face to preboot clients: their facts read, scripts and configuration files written for them. */
@NullMarked
package firstlight.netboot.preboot;

import org.jspecify.annotations.NullMarked;

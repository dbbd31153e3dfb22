/** Builds the imaging environment (kernel and initramfs) from Debian packages. */
@NullMarked
package firstlight.environment;

import org.jspecify.annotations.NullMarked;

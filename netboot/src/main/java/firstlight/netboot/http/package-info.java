/** The HTTP door to the boot files, for iPXE, GRUB and UEFI HTTP Boot; other rooms hang their routes beside it. */
@NullMarked
package firstlight.netboot.http;

import org.jspecify.annotations.NullMarked;

/** What disks say of their own health: SMART of ATA and NVMe. */
@NullMarked
package firstlight.image.health;

import org.jspecify.annotations.NullMarked;

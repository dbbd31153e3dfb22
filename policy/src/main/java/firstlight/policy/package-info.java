/** Who a device is, whether it sees a menu, what work it has: pure decisions with their reasons in words. */
@NullMarked
package firstlight.policy;

import org.jspecify.annotations.NullMarked;

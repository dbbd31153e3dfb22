/** What devices are to do, when, and how often they may fail at it. */
@NullMarked
package firstlight.policy.work;

import org.jspecify.annotations.NullMarked;

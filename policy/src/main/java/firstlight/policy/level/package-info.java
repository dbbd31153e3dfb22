/** The levels of policy: what each may set, how groups form a tree, and where an effective value comes from. */
@NullMarked
package firstlight.policy.level;

import org.jspecify.annotations.NullMarked;

/** Who may do what, and who did what: users, roles, tokens, sign-ins, audit, second confirmation. */
@NullMarked
package firstlight.policy.access;

import org.jspecify.annotations.NullMarked;

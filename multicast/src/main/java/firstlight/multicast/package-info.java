/** The stream of a multicast session, both ends. {@code StreamSender} and {@code StreamReceiver} decide, two loops own the sockets. */
@NullMarked
package firstlight.multicast;

import org.jspecify.annotations.NullMarked;

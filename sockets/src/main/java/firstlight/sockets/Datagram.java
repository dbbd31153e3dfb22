package firstlight.sockets;

import firstlight.model.Bytes;
import firstlight.model.Ipv4Address;

/**
 * A received datagram and the way it came.
 *
 * @param localAddress this machine's address to answer from: the one asked, or the receiving interface's for a broadcast
 * @param destination the destination in the IP header; may be a broadcast or multicast address
 * @param interfaceIndex the receiving interface
 */
public record Datagram(
        Bytes payload,
        Ipv4Address source,
        int sourcePort,
        Ipv4Address localAddress,
        Ipv4Address destination,
        int interfaceIndex) {}

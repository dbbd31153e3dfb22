package firstlight.lab;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * A virtual LAN in network namespaces of its own: nothing of it is visible on the host.
 *
 * <pre>
 *   ID-lan   br0 (10.77.0.254) with one tap per PC; QEMU and tcpdump run here
 *   ID-srv   eth0 10.77.0.1    Firstlight (and the DHCP server, in the topology "same-host")
 *   ID-dhcp  eth0 10.77.0.2    the DHCP server of somebody else, in the topology "separate"
 * </pre>
 */
record Lan(RunState state, Topology topology) {
    static final String SERVER = "10.77.0.1";
    static final String SEPARATE_DHCP = "10.77.0.2";
    static final String BRIDGE = "br0";
    private static final String BRIDGE_ADDRESS = "10.77.0.254";

    /** Where the foreign DHCP server runs: phases 1a and 1b. */
    enum Topology {
        SEPARATE,
        SAME_HOST;

        String text() {
            return this == SEPARATE ? "separate" : "same-host";
        }
    }

    static Lan create(RunState state, Topology topology) {
        Lan lan = new Lan(state, topology);
        lan.namespace(lan.wire());
        // Ports forward at once (a switch that listens for seconds first loses a firmware's first DISCOVERs), and
        // multicast goes to all.
        ip(lan.wire(), "link add " + BRIDGE + " type bridge stp_state 0 forward_delay 0 mcast_snooping 0");
        ip(lan.wire(), "addr add " + BRIDGE_ADDRESS + "/24 dev " + BRIDGE);
        ip(lan.wire(), "link set " + BRIDGE + " up");
        lan.host(lan.serverSide(), SERVER);
        if (topology == Topology.SEPARATE) {
            lan.host(lan.dhcpSide(), SEPARATE_DHCP);
        }
        return lan;
    }

    /** The namespace of the bridge and the PCs. */
    String wire() {
        return state.id() + "-lan";
    }

    /** The namespace that Firstlight runs in. */
    String serverSide() {
        return state.id() + "-srv";
    }

    /** The namespace that the DHCP server runs in. */
    String dhcpSide() {
        return topology == Topology.SEPARATE ? state.id() + "-dhcp" : serverSide();
    }

    String dhcpAddress() {
        return topology == Topology.SEPARATE ? SEPARATE_DHCP : SERVER;
    }

    /** A port of the bridge for one PC; anew when the PC was on before. */
    void tap(String name) {
        Shell.attempt(Shell.inside(wire(), List.of("ip", "link", "del", name)));
        ip(wire(), "tuntap add " + name + " mode tap");
        ip(wire(), "link set " + name + " master " + BRIDGE + " up");
    }

    // Written down first: a run that is cut off here is swept by that name.
    private void namespace(String name) {
        state.namespace(name);
        Shell.run("ip", "netns", "add", name);
        ip(name, "link set lo up");
    }

    private void host(String namespace, String address) {
        namespace(namespace);
        String port = "p" + address.substring(address.lastIndexOf('.') + 1);
        ip(wire(), "link add " + port + " type veth peer name eth0 netns " + namespace);
        ip(wire(), "link set " + port + " master " + BRIDGE + " up");
        ip(namespace, "addr add " + address + "/24 dev eth0");
        ip(namespace, "link set eth0 up");
    }

    private static void ip(String namespace, String words) {
        Shell.run(concat(List.of("ip", "-n", namespace), words.split(" ", -1)));
    }

    private static List<String> concat(List<String> first, String... then) {
        return Stream.concat(first.stream(), Arrays.stream(then)).toList();
    }
}

package firstlight.netboot.dhcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import firstlight.model.BootDecisions;
import firstlight.model.Bytes;
import firstlight.model.FactName;
import firstlight.model.Facts;
import firstlight.model.FirstAnswer;
import firstlight.model.Ipv4Address;
import firstlight.model.MacAddress;
import firstlight.model.PrebootAnswer;
import firstlight.netboot.dhcp.Arrival.Door;
import firstlight.netboot.dhcp.Packets.Firmware;
import firstlight.netboot.dhcp.Packets.Message;
import firstlight.netboot.dhcp.ProxyDhcpServer.Listening;
import firstlight.sockets.Datagram;
import firstlight.sockets.Interfaces;
import firstlight.sockets.SocketFailure;
import firstlight.sockets.UdpSocket;
import firstlight.sockets.UdpSocket.Binding;
import firstlight.testkit.OwnNetwork;
import firstlight.wire.dhcp.DhcpCodec;
import firstlight.wire.dhcp.DhcpOption;
import firstlight.wire.dhcp.DhcpOption.ClientMachineIdentifier;
import firstlight.wire.dhcp.DhcpOption.RelayAgentInformation;
import firstlight.wire.dhcp.DhcpPacket;
import firstlight.wire.dhcp.SubOption;
import firstlight.wire.ip.UdpPacket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** On loopback, where nothing can be broadcast: clients ask on the proxy port, or through a relay. */
class ProxyDhcpServerTest {
    private static final Ipv4Address LOOPBACK = Ipv4Address.parse("127.0.0.1");
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final MacAddress CLIENT = MacAddress.parse("52:54:00:12:34:56");

    private static final MacAddress NOBODY = MacAddress.parse("52:54:00:00:00:00");
    private static final FirstAnswer LOAD = new FirstAnswer.LoadPrebootClient(List.of());

    private final BlockingQueue<String> events = new LinkedBlockingQueue<>();
    private final PrebootClients clients = new PrebootClients();

    private static BootDecisions deciding(Supplier<FirstAnswer> answer) {
        return new BootDecisions() {
            @Override
            public FirstAnswer firstAnswer(Facts facts, Instant now) {
                return answer.get();
            }

            @Override
            public PrebootAnswer prebootAnswer(Facts facts, Instant now) {
                throw new UnsupportedOperationException();
            }
        };
    }

    /** With the DHCP port taken, as without the right to hear it only. */
    private ProxyDhcpServer start(int dhcp, int proxy, Supplier<FirstAnswer> answer) throws SocketFailure {
        return start(new Listening(dhcp, proxy, List.of(), true), answer);
    }

    private ProxyDhcpServer start(Listening listening, Supplier<FirstAnswer> answer) throws SocketFailure {
        return start(listening, deciding(answer));
    }

    private ProxyDhcpServer start(Listening listening, BootDecisions decisions) throws SocketFailure {
        return ProxyDhcpServer.start(
                listening,
                ProxyDhcpSettings.DEFAULT,
                decisions,
                (when, device, kind, text) -> events.add(device + " " + kind + " " + text),
                clients,
                Clock.systemUTC());
    }

    private ProxyDhcpServer start() throws SocketFailure {
        return start(0, 0, () -> new FirstAnswer.LoadPrebootClient(List.of()));
    }

    private static Bytes octets(DhcpPacket packet) {
        return Bytes.of(DhcpCodec.encode(packet));
    }

    private static DhcpPacket ask(UdpSocket client, int port, DhcpPacket packet) throws SocketFailure {
        client.send(octets(packet), LOOPBACK, port, LOOPBACK, 0);
        Datagram answer = client.receive(LONG).orElseThrow(() -> new AssertionError("no answer"));
        return DhcpCodec.decode(answer.payload().toArray());
    }

    @Test
    void aClientThatAsksOnTheProxyPortIsAnsweredWithTheAddressItAsked() throws Exception {
        try (ProxyDhcpServer server = start();
                UdpSocket client = UdpSocket.open(Binding.of(LOOPBACK, 0))) {
            DhcpPacket ack =
                    ask(client, server.port(Door.PROXY), Packets.packet(Firmware.UEFI_X64, Message.REQUEST, 9));
            assertThat(ack.file()).isEqualTo("ipxe/x64/snponly.efi");
            assertThat(ack.nextServer()).isEqualTo(LOOPBACK);
            assertThat(events).hasSize(1).first().asString().startsWith(CLIENT + " offer ipxe/x64/snponly.efi");
            assertThat(clients.hasRecent(CLIENT, Instant.now())).isTrue();
            assertThat(server.answered()).isEqualTo(1);
        }
    }

    /** Through a relay on loopback that wants the answer at its own port (RFC 8357). */
    private static DhcpPacket relayed() {
        return relayed(Firmware.BIOS);
    }

    private static DhcpPacket relayed(Firmware firmware) {
        DhcpPacket discover = Packets.packet(firmware, Message.DISCOVER, 9);
        List<DhcpOption> options = new ArrayList<>(discover.options());
        options.add(new RelayAgentInformation(
                List.of(new SubOption(RelayAgentInformation.RELAY_SOURCE_PORT, Bytes.EMPTY))));
        byte[] octets = DhcpCodec.encode(discover.with(options));
        System.arraycopy(LOOPBACK.octets().toArray(), 0, octets, 24, 4); // giaddr
        return DhcpCodec.decode(octets);
    }

    @Test
    void aRelayIsAnsweredAtThePortItSentFrom() throws Exception {
        try (ProxyDhcpServer server = start();
                UdpSocket relay = UdpSocket.open(Binding.of(LOOPBACK, 0))) {
            DhcpPacket offer = ask(relay, server.port(Door.DHCP), relayed());
            assertThat(offer.file()).isEqualTo("ipxe/undionly.kpxe");
            assertThat(offer.relay()).isEqualTo(LOOPBACK);
        }
    }

    /** The events have told by then that it was offered something. */
    @Test
    void anAnswerThatDoesNotLeaveThisHostIsToldWithItsCause() throws Exception {
        OwnNetwork.with(() -> {
            try (ProxyDhcpServer server = start();
                    UdpSocket relay = UdpSocket.open(Binding.of(LOOPBACK, 0))) {
                byte[] octets = DhcpCodec.encode(relayed());
                octets[24] = 10; // giaddr: a network to which there is no route
                relay.send(Bytes.of(octets), LOOPBACK, server.port(Door.DHCP), LOOPBACK, 0);
                assertThat(events.poll(30, TimeUnit.SECONDS)).contains(CLIENT + " offer ");
                assertThat(events.poll(30, TimeUnit.SECONDS))
                        .contains(CLIENT + " unsent ", "to 10.0.0.1:", "no route there");
            }
        });
    }

    @Test
    void ofAPcThatIsNotRegisteredYetNoEventTellsThatItsAnswerDoesNotLeave() throws Exception {
        OwnNetwork.with(() -> {
            Semaphore registered = new Semaphore(0);
            try (SlowDatabase database = new SlowDatabase(registered, NOBODY, LOAD, LOAD);
                    ProxyDhcpServer server = start(new Listening(0, 0, List.of(), true), database);
                    UdpSocket relay = UdpSocket.open(Binding.of(LOOPBACK, 0))) {
                byte[] octets = DhcpCodec.encode(relayed());
                octets[24] = 10;
                relay.send(Bytes.of(octets), LOOPBACK, server.port(Door.DHCP), LOOPBACK, 0);
                while (!server.dropped().containsKey("send: ENETUNREACH")) {
                    Thread.onSpinWait();
                }
                registered.release();
                assertThat(events.poll(30, TimeUnit.SECONDS)).contains(CLIENT + " offer ");
            }
        });
    }

    @Test
    void malformedPacketsAreDroppedAndCountedByKindAndTheNextOneIsAnswered() throws Exception {
        try (ProxyDhcpServer server = start();
                UdpSocket client = UdpSocket.open(Binding.of(LOOPBACK, 0))) {
            byte[] cut = DhcpCodec.encode(
                    Packets.packet(Firmware.BIOS, Message.REQUEST, 1).with(List.of()));
            cut[240] = 57; // in place of the end: an option of 60 octets, and 58 are left
            cut[241] = 60;
            for (int i = 0; i < 2; i++) {
                client.send(Bytes.of(cut), LOOPBACK, server.port(Door.PROXY), LOOPBACK, 0);
                client.send(Bytes.ofHex("00"), LOOPBACK, server.port(Door.PROXY), LOOPBACK, 0);
            }
            ask(client, server.port(Door.PROXY), Packets.packet(Firmware.BIOS, Message.REQUEST, 2));
            assertThat(server.dropped()).containsEntry("DHCP option 57", 2L).containsEntry("DHCP packet", 2L);
            assertThat(server.answered()).isEqualTo(1);
        }
    }

    @Test
    void anOptionThatIsMalformedIsCountedAndCostsNoBoot() throws Exception {
        try (ProxyDhcpServer server = start();
                UdpSocket client = UdpSocket.open(Binding.of(LOOPBACK, 0))) {
            DhcpPacket request = Packets.packet(Firmware.UEFI_X64, Message.REQUEST, 1);
            List<DhcpOption> options = new ArrayList<>(request.options());
            options.removeIf(option -> List.of(57, 93, 94, 97).contains(option.code()));
            options.add(new DhcpOption.Raw(57, Bytes.ofHex("05"))); // two octets by RFC 2132
            options.add(new DhcpOption.Raw(93, Bytes.ofHex("000700"))); // option 60 tells the architecture too
            options.add(new DhcpOption.Raw(94, Bytes.ofHex("0103")));
            options.add(new DhcpOption.Raw(97, Bytes.EMPTY));
            options.add(new DhcpOption.Raw(82, Bytes.ofHex("010561"))); // a relay's, and it gets it back
            DhcpPacket ack = ask(client, server.port(Door.PROXY), request.with(options));
            assertThat(ack.file()).isEqualTo("ipxe/x64/snponly.efi");
            assertThat(ack.options().stream().map(DhcpOption::code))
                    .contains(82)
                    .doesNotContain(97);
            assertThat(server.dropped())
                    .containsOnlyKeys(
                            "DHCP option 57", "DHCP option 93", "DHCP option 94", "DHCP option 97", "DHCP option 82");
        }
    }

    @Test
    void aBurstOfTheLongestPacketsIsAnsweredWhole() throws Exception {
        Semaphore held = new Semaphore(0);
        Supplier<FirstAnswer> first = () -> {
            held.acquireUninterruptibly(); // until all the others wait in one batch
            held.release();
            return new FirstAnswer.LoadPrebootClient(List.of());
        };
        try (ProxyDhcpServer server = start(0, 0, first);
                UdpSocket client = UdpSocket.open(Binding.of(LOOPBACK, 0))) {
            int burst = 100;
            for (int i = 0; i < burst; i++) {
                DhcpPacket asked = Packets.packet(Firmware.BIOS, Message.REQUEST, i);
                List<DhcpOption> options = new ArrayList<>(asked.options());
                options.removeIf(option -> option instanceof ClientMachineIdentifier);
                options.add(new ClientMachineIdentifier(0, Bytes.of(new byte[1500]))); // is echoed
                client.send(octets(asked.with(options)), LOOPBACK, server.port(Door.PROXY), LOOPBACK, 0);
            }
            held.release();
            for (int i = 0; i < burst; i++) {
                assertThat(client.receive(LONG)).as("answer " + i).isPresent();
            }
        }
    }

    @Test
    void aDecisionThatFailsIsToldAndTheNextClientIsAnswered() throws Exception {
        Queue<Supplier<FirstAnswer>> decisions = new ConcurrentLinkedQueue<>(List.of(
                () -> {
                    throw new IllegalStateException("the database is away");
                },
                () -> new FirstAnswer.LocalBoot(List.of())));
        try (ProxyDhcpServer server = start(0, 0, () -> decisions.remove().get());
                UdpSocket client = UdpSocket.open(Binding.of(LOOPBACK, 0))) {
            int port = server.port(Door.PROXY);
            client.send(octets(Packets.packet(Firmware.BIOS, Message.REQUEST, 1)), LOOPBACK, port, LOOPBACK, 0);
            // The first answer that comes is the second question's: one thread answers all, in the order they came.
            DhcpPacket answer = ask(client, port, Packets.packet(Firmware.BIOS, Message.REQUEST, 2));
            assertThat(answer.transactionId()).isEqualTo(2);
            assertThat(answer.file()).isEmpty();
            assertThat(events)
                    .first()
                    .asString()
                    .startsWith(CLIENT + " failure no decision, so no answer")
                    .contains("the database is away");
        }
    }

    /** As with a database that is away: neither is the unknown PC registered, nor what happens to it written down. */
    @Test
    void whatCannotEvenBeToldOfAnUnknownPcKeepsNobodyFromBooting() throws Exception {
        CountDownLatch told = new CountDownLatch(1);
        BootDecisions away = new BootDecisions() {
            @Override
            public Prompt promptAnswer(Facts facts, Instant now) {
                boolean isKnown = facts.first(FactName.MAC).orElseThrow().equals(CLIENT.toString());
                return isKnown ? new Prompt.Settled(LOAD) : new Prompt.Provisional(LOAD);
            }

            @Override
            public FirstAnswer firstAnswer(Facts facts, Instant now) {
                throw new IllegalStateException("the database is away");
            }

            @Override
            public PrebootAnswer prebootAnswer(Facts facts, Instant now) {
                throw new UnsupportedOperationException();
            }
        };
        try (ProxyDhcpServer server = ProxyDhcpServer.start(
                        new Listening(0, 0, List.of(), true),
                        ProxyDhcpSettings.DEFAULT,
                        away,
                        (when, device, kind, text) -> {
                            if (kind.equals("failure")) {
                                told.countDown();
                                throw new IllegalStateException("nor can this be kept");
                            }
                        },
                        clients,
                        Clock.systemUTC());
                UdpSocket client = UdpSocket.open(Binding.of(LOOPBACK, 0));
                UdpSocket stranger = UdpSocket.open(Binding.of(LOOPBACK, 0))) {
            int port = server.port(Door.PROXY);
            stranger.send(
                    octets(Packets.packet(Firmware.RASPBERRY_PI, Message.REQUEST, 1)), LOOPBACK, port, LOOPBACK, 0);
            assertThat(told.await(30, TimeUnit.SECONDS)).isTrue();
            assertThat(ask(client, port, Packets.packet(Firmware.BIOS, Message.REQUEST, 2))
                            .transactionId())
                    .isEqualTo(2);
        }
    }

    /** A moment in which others took all memory: of the PC itself, and of all that wait together. */
    @Test
    void anUnknownPcThatCannotBeRegisteredForWantOfMemoryKeepsNoOtherFromIt() throws Exception {
        Semaphore misfortunes = new Semaphore(2);
        BootDecisions decisions = new BootDecisions() {
            @Override
            public Prompt promptAnswer(Facts facts, Instant now) {
                return new Prompt.Provisional(LOAD);
            }

            @Override
            public FirstAnswer firstAnswer(Facts facts, Instant now) {
                if (misfortunes.tryAcquire()) {
                    throw new OutOfMemoryError("Java heap space");
                }
                return LOAD;
            }

            @Override
            public PrebootAnswer prebootAnswer(Facts facts, Instant now) {
                throw new UnsupportedOperationException();
            }
        };
        try (ProxyDhcpServer server = start(new Listening(0, 0, List.of(), true), decisions);
                UdpSocket stranger = UdpSocket.open(Binding.of(LOOPBACK, 0))) {
            int port = server.port(Door.PROXY);
            stranger.send(octets(Packets.packet(Firmware.BIOS, Message.REQUEST, 1)), LOOPBACK, port, LOOPBACK, 0);
            assertThat(events.poll(30, TimeUnit.SECONDS)).contains("no decision, so no answer", "Java heap space");
            assertThat(ask(stranger, port, Packets.packet(Firmware.BIOS, Message.REQUEST, 2))
                            .transactionId())
                    .isEqualTo(2);
        }
    }

    /**
     * One PC is known; registering another takes until it is {@code registered}.
     *
     * @param first what a PC is told before
     * @param then what it is told when it is registered
     */
    private record SlowDatabase(Semaphore registered, MacAddress known, FirstAnswer first, FirstAnswer then)
            implements BootDecisions, AutoCloseable {
        SlowDatabase(Semaphore registered) {
            this(registered, CLIENT, LOAD, LOAD);
        }

        @Override
        public Prompt promptAnswer(Facts facts, Instant now) {
            boolean isKnown = facts.first(FactName.MAC).orElseThrow().equals(known.toString());
            return isKnown ? new Prompt.Settled(LOAD) : new Prompt.Provisional(first);
        }

        @Override
        public FirstAnswer firstAnswer(Facts facts, Instant now) {
            registered.acquireUninterruptibly();
            return then;
        }

        @Override
        public PrebootAnswer prebootAnswer(Facts facts, Instant now) {
            throw new UnsupportedOperationException();
        }

        /** Or the server, which waits for them, would never end where a test fails. */
        @Override
        public void close() {
            registered.release(Short.MAX_VALUE);
        }
    }

    @Test
    void nobodyWaitsForAnUnknownPcsRegistrationButThatPc() throws Exception {
        Semaphore registered = new Semaphore(0);
        SlowDatabase database = new SlowDatabase(registered);
        try (ProxyDhcpServer server = start(new Listening(0, 0, List.of(), true), database);
                UdpSocket client = UdpSocket.open(Binding.of(LOOPBACK, 0));
                UdpSocket stranger = UdpSocket.open(Binding.of(LOOPBACK, 0));
                database) {
            int port = server.port(Door.PROXY);
            stranger.send(
                    octets(Packets.packet(Firmware.RASPBERRY_PI, Message.REQUEST, 1)), LOOPBACK, port, LOOPBACK, 0);
            ask(client, port, Packets.packet(Firmware.BIOS, Message.REQUEST, 2));
            assertThat(stranger.receive()).isEmpty();
            registered.release();
            assertThat(stranger.receive(LONG)).isPresent();
        }
    }

    /** Of the only client, which nobody knows. */
    private DhcpPacket offerBefore(Semaphore registered, FirstAnswer then, Consumer<UdpSocket> afterwards)
            throws Exception {
        SlowDatabase database = new SlowDatabase(registered, NOBODY, LOAD, then);
        try (ProxyDhcpServer server = start(new Listening(0, 0, List.of(), true), database);
                UdpSocket relay = UdpSocket.open(Binding.of(LOOPBACK, 0));
                database) {
            DhcpPacket offer = ask(relay, server.port(Door.DHCP), relayed());
            assertThat(events).as("until there is a device whose boot it is").isEmpty();
            registered.release();
            afterwards.accept(relay);
            return offer;
        }
    }

    private String told() {
        try {
            return Objects.requireNonNull(events.poll(LONG.toSeconds(), TimeUnit.SECONDS), "nothing was told");
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static Optional<DhcpPacket> received(UdpSocket socket, Duration within) {
        try {
            return socket.receive(within)
                    .map(answer -> DhcpCodec.decode(answer.payload().toArray()));
        } catch (SocketFailure e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void anUnknownPcsDiscoverIsAnsweredBeforeItIsRegisteredAndToldOfWhenItIs() throws Exception {
        FirstAnswer then = new FirstAnswer.LoadPrebootClient(List.of("registered as a new device"));
        DhcpPacket offer = offerBefore(new Semaphore(0), then, relay -> {
            assertThat(told()).contains("offer ipxe/undionly.kpxe", "registered as a new device");
            assertThat(received(relay, Duration.ZERO)).as("the same once more").isEmpty();
        });
        assertThat(offer.file()).isEqualTo("ipxe/undionly.kpxe");
    }

    @Test
    void anUnknownPcThatIsToGetSomethingElseOnceItIsRegisteredIsToldThatToo() throws Exception {
        offerBefore(new Semaphore(0), new FirstAnswer.Hotkey("Press F8", 3, List.of()), relay -> {
            assertThat(told()).contains("offer prompt 'Press F8'");
            assertThat(received(relay, LONG).map(DhcpPacket::file)).contains("");
        });
    }

    @Test
    void aDhcpServersOfferThatUefiFirmwareSpoilsComesOnceMoreBehindOurs() throws Exception {
        try (ProxyDhcpServer server = start();
                UdpSocket relay = UdpSocket.open(Binding.of(LOOPBACK, 0))) {
            server.overheard(SpoiltOffersTest.overheard(9));
            relay.send(octets(relayed(Firmware.UEFI_X64)), LOOPBACK, server.port(Door.DHCP), LOOPBACK, 0);
            assertThat(received(relay, LONG).map(DhcpPacket::yourAddress)).contains(Ipv4Address.ANY);
            Datagram repeated = relay.receive(LONG).orElseThrow(() -> new AssertionError("nothing is repeated"));
            assertThat(repeated.payload())
                    .isEqualTo(SpoiltOffersTest.overheard(9).octets());
            assertThat(told()).contains("offer ipxe/x64/snponly.efi");
            assertThat(told()).contains("repeated-offer", "Take option 67");
        }
    }

    @Test
    void ofUnknownPcsOnlySoManyMayWaitAndTheOthersAreCounted() throws Exception {
        Semaphore registered = new Semaphore(0);
        SlowDatabase database = new SlowDatabase(registered);
        try (ProxyDhcpServer server = start(new Listening(0, 0, List.of(), true), database);
                UdpSocket client = UdpSocket.open(Binding.of(LOOPBACK, 0));
                database) {
            int port = server.port(Door.PROXY);
            for (int i = 0; i < 1500; i++) { // 1024 wait, and at most 128 are being registered
                client.send(
                        octets(Packets.packet(Firmware.RASPBERRY_PI, Message.REQUEST, i)), LOOPBACK, port, LOOPBACK, 0);
            }
            ask(client, port, Packets.packet(Firmware.BIOS, Message.REQUEST, 2));
            assertThat(server.dropped().get("unknown PC")).isBetween(1500L - 1024 - 128, 1500L - 1024);
        }
    }

    @Test
    void aClientThatMustNotBootIsToldAsSuch() throws Exception {
        try (ProxyDhcpServer server = start();
                UdpSocket client = UdpSocket.open(Binding.of(LOOPBACK, 0))) {
            client.send(
                    octets(Packets.packet(Firmware.POWERPC, Message.REQUEST, 1)),
                    LOOPBACK,
                    server.port(Door.PROXY),
                    LOOPBACK,
                    0);
            ask(client, server.port(Door.PROXY), Packets.packet(Firmware.BIOS, Message.REQUEST, 2));
            assertThat(events)
                    .first()
                    .asString()
                    .contains("silence no boot program for this architecture: option 93 = [12]");
        }
    }

    @Test
    void aDhcpServerOnThisHostIsNoReasonNotToStart() throws Exception {
        try (UdpSocket dhcpServer = UdpSocket.open(Binding.of(Ipv4Address.ANY, 0));
                ProxyDhcpServer server =
                        start(dhcpServer.port(), 0, () -> new FirstAnswer.LoadPrebootClient(List.of()));
                UdpSocket client = UdpSocket.open(Binding.of(LOOPBACK, 0))) {
            assertThat(server.hearsBroadcasts()).isFalse();
            ask(client, server.port(Door.PROXY), Packets.packet(Firmware.BIOS, Message.REQUEST, 2));
        }
    }

    @Test
    void aDhcpServerOfAnotherInterfaceDoesNotMakeUsDeafOnTheOthers() throws Exception {
        assumeThat(Interfaces.up().stream()
                        .anyMatch(each -> !each.loopback() && !each.addresses().isEmpty()))
                .as("an interface but loopback")
                .isTrue();
        try (UdpSocket virtualNetwork =
                        UdpSocket.open(Binding.of(Ipv4Address.ANY, 0).onDevice("lo"));
                ProxyDhcpServer server =
                        start(virtualNetwork.port(), 0, () -> new FirstAnswer.LoadPrebootClient(List.of()));
                UdpSocket client = UdpSocket.open(Binding.of(LOOPBACK, 0))) {
            assertThat(server.hearsBroadcasts()).isTrue();
            assertThat(server.hearsBroadcastsOn("lo")).isFalse();
            assertThat(Interfaces.up().stream()
                            .filter(each ->
                                    !each.loopback() && !each.addresses().isEmpty())
                            .map(Interfaces.Interface::name))
                    .anyMatch(server::hearsBroadcastsOn);
            ask(client, server.port(Door.PROXY), Packets.packet(Firmware.BIOS, Message.REQUEST, 2));
        }
    }

    @Test
    void aDhcpServerOnAnotherInterfacesAddressDoesNotMakeUsDeafEither() throws Exception {
        assumeThat(Interfaces.up().stream()
                        .anyMatch(each -> !each.loopback() && !each.addresses().isEmpty()))
                .as("an interface but loopback")
                .isTrue();
        // Kea's way, which keeps 0.0.0.0 from everybody, whatever the interface.
        try (UdpSocket kea = UdpSocket.open(Binding.of(LOOPBACK, 0));
                ProxyDhcpServer server = start(kea.port(), 0, () -> new FirstAnswer.LoadPrebootClient(List.of()));
                UdpSocket client = UdpSocket.open(Binding.of(LOOPBACK, 0))) {
            assertThat(server.hearsBroadcasts()).isTrue();
            ask(client, server.port(Door.PROXY), Packets.packet(Firmware.BIOS, Message.REQUEST, 2));
        }
    }

    @Test
    void aDhcpServerThatStartsAfterUsFindsItsPortOpen() throws Exception {
        try (ProxyDhcpServer server = start()) {
            assertThat(server.hearsBroadcastsOn("lo")).isTrue();
            Binding dhcp = Binding.of(Ipv4Address.ANY, server.port(Door.DHCP)).withReuseAddress();
            try (UdpSocket later = UdpSocket.open(dhcp)) {
                assertThat(later.port()).isEqualTo(server.port(Door.DHCP));
            }
        }
    }

    /** As {@code serve} does; needs the right to raw sockets. */
    private ProxyDhcpServer hearing(int port) throws SocketFailure {
        assumeThat(Files.isReadable(Path.of("/proc/1/environ"))).as("root").isTrue();
        return start(new Listening(port, 0, List.of(), false), () -> new FirstAnswer.LoadPrebootClient(List.of()));
    }

    private static int freePort() throws SocketFailure {
        try (UdpSocket anyone = UdpSocket.open(Binding.of(LOOPBACK, 0))) {
            return anyone.port();
        }
    }

    @Test
    void theDhcpPortIsServedBesideADhcpServerThatHasIt() throws Exception {
        try (UdpSocket kea = UdpSocket.open(Binding.of(LOOPBACK, 0));
                ProxyDhcpServer server = hearing(kea.port());
                UdpSocket relay = UdpSocket.open(Binding.of(LOOPBACK, 0))) {
            assertThat(server.hearsBroadcasts()).isTrue();
            relay.send(octets(relayed()), LOOPBACK, kea.port(), LOOPBACK, 0);
            Datagram offer = relay.receive(LONG).orElseThrow(() -> new AssertionError("no answer"));
            assertThat(offer.source()).isEqualTo(LOOPBACK);
            assertThat(offer.sourcePort()).isEqualTo(kea.port());
            assertThat(DhcpCodec.decode(offer.payload().toArray()).file()).isEqualTo("ipxe/undionly.kpxe");
            assertThat(kea.receive(LONG)).as("the DHCP server's copy").isPresent();
        }
    }

    @Test
    void aDhcpServerThatSharesItsPortWithNobodyMayStartAfterUs() throws Exception {
        int port = freePort();
        try (ProxyDhcpServer server = hearing(port);
                UdpSocket dnsmasq = UdpSocket.open(Binding.of(Ipv4Address.ANY, port))) {
            assertThat(server.holdsDhcpPort()).isFalse();
            assertThat(dnsmasq.port()).isEqualTo(port);
        }
    }

    @Test
    void aPacketThatWasDamagedOnItsWayIsCountedAndNotRead() throws Exception {
        int port = freePort();
        try (ProxyDhcpServer server = hearing(port);
                UdpSocket crooked = UdpSocket.withoutPort(freePort(), "");
                UdpSocket relay = UdpSocket.open(Binding.of(LOOPBACK, 0))) {
            byte[] datagram = new UdpPacket(LOOPBACK, relay.port(), LOOPBACK, port, octets(relayed())).datagram();
            datagram[40] ^= 1;
            crooked.send(Bytes.of(datagram), LOOPBACK, 0, LOOPBACK, 0);
            assertThat(ask(relay, port, relayed()).file()).isEqualTo("ipxe/undionly.kpxe");
            assertThat(server.dropped()).containsOnly(Map.entry("UDP checksum", 1L));
            assertThat(server.answered()).isEqualTo(1);
        }
    }

    /** Else a DNS answer that came before the socket had its filter would end the watch for a firewall. */
    @Test
    void onlyWhatIsReadAsSentToTheDhcpPortCountsAsHeardThere() throws Exception {
        int port = freePort();
        try (ProxyDhcpServer server = hearing(port);
                UdpSocket crooked = UdpSocket.withoutPort(freePort(), "");
                UdpSocket client = UdpSocket.open(Binding.of(LOOPBACK, 0))) {
            byte[] datagram = new UdpPacket(LOOPBACK, client.port(), LOOPBACK, port, octets(relayed())).datagram();
            datagram[40] ^= 1;
            crooked.send(Bytes.of(datagram), LOOPBACK, 0, LOOPBACK, 0);
            // The second is answered when all that came before the first has been looked at.
            ask(client, server.port(Door.PROXY), Packets.packet(Firmware.BIOS, Message.REQUEST, 2));
            ask(client, server.port(Door.PROXY), Packets.packet(Firmware.UEFI_X64, Message.REQUEST, 9));
            assertThat(server.dropped()).containsOnly(Map.entry("UDP checksum", 1L));
            assertThat(server.hasHeard()).isFalse();
            assertThat(ask(client, port, relayed()).file()).isEqualTo("ipxe/undionly.kpxe");
            assertThat(server.hasHeard()).isTrue();
        }
    }

    @Test
    void aProxyPortThatIsTakenIsAFailureWithACure() throws Exception {
        try (UdpSocket other = UdpSocket.open(Binding.of(Ipv4Address.ANY, 0))) {
            assertThatThrownBy(() -> start(0, other.port(), () -> new FirstAnswer.LoadPrebootClient(List.of())))
                    .isInstanceOf(SocketFailure.class)
                    .hasMessageContaining("UDP port " + other.port())
                    .hasMessageContaining("ss -lunp");
        }
    }
}

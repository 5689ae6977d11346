using System.Net;
using Modular.Mail.Dns;
using Modular.Mail.Tests.Smtp;

namespace Modular.Mail.Tests.Dns;

public sealed class StubResolverTests
{
    private static readonly byte[] V4 = [192, 0, 2, 1];

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_answer_is_read_and_kept_while_it_holds()
    {
        await using var server = new DnsOnTheWire((q, _) => [DnsOnTheWire.Respond(q, 0, (DnsType.A, 60, V4))]);
        var clock = new FakeClock();
        var resolver = Over(clock, server);

        for (var i = 0; i < 3; i++)
            Assert.Equal(IPAddress.Parse("192.0.2.1"), Assert.IsType<DnsRecord.Address>(Assert.Single((await resolver.QueryAsync("X.test.", DnsType.A, Ct)).Records)).Value);
        Assert.Equal(1, server.Queries);

        clock.Advance(TimeSpan.FromSeconds(60));
        await resolver.QueryAsync("x.test", DnsType.A, Ct);
        Assert.Equal(2, server.Queries);
    }

    [Fact]
    public async Task A_name_that_does_not_exist_is_an_answer_and_kept_as_its_zone_says()
    {
        byte[] soa = [.. DnsOnTheWire.Name("ns.test"), .. DnsOnTheWire.Name("root.test"), .. new byte[16], 0, 0, 0, 30];
        await using var server = new DnsOnTheWire((q, _) => [DnsOnTheWire.Respond(q, 3, false, [], [(DnsType.Soa, 3600, soa)])]);
        var clock = new FakeClock();
        var resolver = Over(clock, server);

        Assert.False((await resolver.QueryAsync("no.test", DnsType.Mx, Ct)).Exists);
        Assert.False((await resolver.QueryAsync("no.test", DnsType.Mx, Ct)).Exists);
        Assert.Equal(1, server.Queries);
        clock.Advance(TimeSpan.FromSeconds(30));
        await resolver.QueryAsync("no.test", DnsType.Mx, Ct);
        Assert.Equal(2, server.Queries);
    }

    [Fact]
    public async Task An_exchanger_with_compression_and_text_in_pieces_are_read()
    {
        await using var server = new DnsOnTheWire((q, _) => q[^14] is (byte)DnsType.Mx
            ? [DnsOnTheWire.Respond(q, 0, (DnsType.Mx, 60, [0, 10, 2, (byte)'m', (byte)'x', 0xC0, 12]), (DnsType.Mx, 60, [0, 20, 0]))]
            : [DnsOnTheWire.Respond(q, 0, (DnsType.Txt, 60, [4, .. "v=DK"u8, 3, .. "IM1"u8]))]);
        var resolver = Over(TimeProvider.System, server);

        Assert.Equal([new DnsRecord.Exchanger(10, "mx.x.test"), new DnsRecord.Exchanger(20, "")], (await resolver.QueryAsync("x.test", DnsType.Mx, Ct)).Records);
        Assert.Equal([new DnsRecord.Text("v=DKIM1")], (await resolver.QueryAsync("x.test", DnsType.Txt, Ct)).Records);
    }

    [Fact]
    public async Task An_alias_is_followed_inside_the_answer()
    {
        await using var server = new DnsOnTheWire((q, _) =>
        {
            var alias = DnsOnTheWire.Respond(q, 0, (DnsType.Cname, 60, DnsOnTheWire.Name("real.test")));
            alias[7] = 2;
            return [[.. alias, .. DnsOnTheWire.Name("real.test"), 0, 1, 0, 1, 0, 0, 0, 9, 0, 4, .. V4]];
        });

        var answer = await Over(TimeProvider.System, server).QueryAsync("x.test", DnsType.A, Ct);

        Assert.Single(answer.Records);
    }

    [Fact]
    public async Task An_alias_that_the_server_does_not_follow_is_asked_for()
    {
        await using var server = new DnsOnTheWire((q, _) => q[13] is (byte)'x'
            ? [DnsOnTheWire.Respond(q, 0, (DnsType.Cname, 60, DnsOnTheWire.Name("real.test")))]
            : [DnsOnTheWire.Respond(q, 0, (DnsType.A, 9, V4))]);
        var clock = new FakeClock();
        var resolver = Over(clock, server);

        var answer = await resolver.QueryAsync("x.test", DnsType.A, Ct);

        Assert.Equal(("real.test", 9), (answer.AliasOf, (int)answer.Ttl.TotalSeconds));
        Assert.Single(answer.Records);
        Assert.Equal(2, server.Queries);
    }

    [Fact]
    public async Task A_ring_of_aliases_ends()
    {
        await using var server = new DnsOnTheWire((q, _) => [DnsOnTheWire.Respond(q, 0, (DnsType.Cname, 60, DnsOnTheWire.Name("x.test")))]);

        await Assert.ThrowsAsync<DnsException>(async () => await Over(TimeProvider.System, server).QueryAsync("x.test", DnsType.A, Ct));
        Assert.InRange(server.Queries, 1, 8);
    }

    [Fact]
    public async Task A_tlsa_record_is_read_and_the_server_beside_us_is_believed_that_it_is_valid()
    {
        await using var server = new DnsOnTheWire((q, _) =>
        {
            var response = DnsOnTheWire.Respond(q, 0, (DnsType.Tlsa, 60, [3, 1, 1, 0xab, 0xcd]));
            response[3] |= (byte)(q[3] & 0x20);     // only who says that it understands AD gets it
            return [response];
        });

        var answer = await Over(TimeProvider.System, server).QueryAsync("_25._tcp.mx.test", DnsType.Tlsa, Ct);

        var record = Assert.IsType<DnsRecord.Tlsa>(Assert.Single(answer.Records));
        Assert.Equal((3, 1, 1, "ABCD"), (record.Usage, record.Selector, record.MatchingType, Convert.ToHexString(record.Data.Span)));
        Assert.True(answer.IsAuthenticated);
    }

    [Fact]
    public async Task A_host_name_of_an_address_is_read_and_nothing_is_valid_that_nobody_checked()
    {
        await using var server = new DnsOnTheWire((q, _) => [DnsOnTheWire.Respond(q, 0, (DnsType.Reverse, 60, DnsOnTheWire.Name("Mail.x.test")))]);

        var answer = await Over(TimeProvider.System, server).QueryAsync("1.2.0.192.in-addr.arpa", DnsType.Reverse, Ct);

        Assert.Equal([new DnsRecord.HostName("mail.x.test")], answer.Records);
        Assert.False(answer.IsAuthenticated);
    }

    [Fact]
    public async Task A_server_that_does_not_know_edns_is_asked_without()
    {
        await using var server = new DnsOnTheWire((q, _) => q[11] is 1
            ? [[q[0], q[1], 0x81, 0x81, 0, 1, 0, 0, 0, 0, 0, 0, .. q[12..^11]]]
            : [[q[0], q[1], 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0, .. q[12..], 0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, .. V4]]);

        Assert.Single((await Over(TimeProvider.System, server).QueryAsync("x.test", DnsType.A, Ct)).Records);
    }

    [Fact]
    public async Task That_nobody_can_answer_is_remembered_for_a_moment()
    {
        await using var server = new DnsOnTheWire((q, _) => [DnsOnTheWire.Respond(q, 2)]);
        var clock = new FakeClock();
        var resolver = Over(clock, server);

        for (var i = 0; i < 3; i++)
            await Assert.ThrowsAsync<DnsException>(async () => await resolver.QueryAsync("x.test", DnsType.A, Ct));
        Assert.Equal(2, server.Queries);
        clock.Advance(TimeSpan.FromSeconds(5));
        await Assert.ThrowsAsync<DnsException>(async () => await resolver.QueryAsync("x.test", DnsType.A, Ct));
        Assert.Equal(4, server.Queries);
    }

    [Fact]
    public void The_wishes_of_resolv_conf_are_kept()
    {
        var options = StubResolverOptions.FromResolvConf("nameserver 192.0.2.53\noptions timeout:1 attempts:3 trust-ad edns0 ndots:x\n");

        Assert.Equal((TimeSpan.FromSeconds(1), 3, true), (options.Timeout, options.Attempts, options.TrustAuthenticated));
        Assert.False(StubResolverOptions.FromResolvConf("").TrustAuthenticated);
    }

    [Fact]
    public async Task What_does_not_fit_is_asked_for_by_tcp()
    {
        await using var server = new DnsOnTheWire((q, tcp) => tcp
            ? [DnsOnTheWire.Respond(q, 0, [.. Enumerable.Range(0, 200).Select(i => (DnsType.A, 60u, new byte[] { 192, 0, 2, (byte)i }))])]
            : [DnsOnTheWire.Respond(q, 0, true, [], [])]);

        Assert.Equal(200, (await Over(TimeProvider.System, server).QueryAsync("x.test", DnsType.A, Ct)).Records.Count);
    }

    [Fact]
    public async Task Somebody_elses_answer_is_not_taken()
    {
        await using var server = new DnsOnTheWire((q, _) =>
        {
            var forged = DnsOnTheWire.Respond(q, 0, (DnsType.A, 60, [203, 0, 113, 66]));
            byte[] otherId = [(byte)(forged[0] ^ 1), .. forged[1..]], otherName = [.. forged], notAResponse = [.. forged];
            otherName[13] ^= 1;
            notAResponse[2] &= 0x7f;
            return [otherId, otherName, notAResponse, [], [1, 2, 3], DnsOnTheWire.Respond(q, 0, (DnsType.A, 60, V4))];
        });

        var answer = await Over(TimeProvider.System, server).QueryAsync("x.test", DnsType.A, Ct);

        Assert.Equal(IPAddress.Parse("192.0.2.1"), Assert.IsType<DnsRecord.Address>(Assert.Single(answer.Records)).Value);
    }

    [Fact]
    public async Task A_server_that_fails_makes_room_for_the_next_and_is_asked_last_for_a_while()
    {
        await using var broken = new DnsOnTheWire((q, _) => [DnsOnTheWire.Respond(q, 2)]);
        await using var well = new DnsOnTheWire((q, _) => [DnsOnTheWire.Respond(q, 0, (DnsType.A, 0, V4))]);
        var clock = new FakeClock();
        clock.Advance(TimeSpan.FromHours(1));
        var resolver = Over(clock, broken, well);

        await resolver.QueryAsync("x.test", DnsType.A, Ct);
        await resolver.QueryAsync("x.test", DnsType.A, Ct);
        Assert.Equal((1, 2), (broken.Queries, well.Queries));
        clock.Advance(TimeSpan.FromSeconds(31));
        await resolver.QueryAsync("x.test", DnsType.A, Ct);
        Assert.Equal((2, 3), (broken.Queries, well.Queries));
    }

    [Fact]
    public async Task Silence_is_waited_for_and_then_said()
    {
        await using var server = new DnsOnTheWire((_, _) => []);
        var clock = new FakeClock();
        var asking = Over(clock, server).QueryAsync("x.test", DnsType.A, Ct).AsTask();

        await Assert.ThrowsAsync<DnsException>(() => clock.AdvanceUntilAsync(asking, TimeSpan.FromSeconds(1)));
        Assert.Equal(2, server.Queries);
    }

    [Fact]
    public void Damaged_responses_are_refused_and_never_loop()
    {
        var query = DnsMessage.WriteQuery(1, "x.test", DnsType.Mx);
        var good = DnsOnTheWire.Respond(query, 0, (DnsType.Mx, 60, [0, 10, 2, (byte)'m', (byte)'x', 0xC0, 12]), (DnsType.Txt, 60, [3, 1, 2, 3]));
        var random = new Random(1035);
        for (var run = 0; run < 20_000; run++)
        {
            byte[] bad = [.. good];
            for (var i = random.Next(1, 4); i > 0; i--)
                bad[random.Next(12, bad.Length)] = (byte)random.Next(256);
            if (random.Next(4) is 0)
                bad = bad[..random.Next(12, bad.Length)];
            try
            {
                DnsMessage.Read(bad, "x.test", DnsType.Mx);
            }
            catch (InvalidDataException)
            {
                // Refused, as it should be.
            }
        }
    }

    [Theory]
    [InlineData("nameserver 192.0.2.53\nnameserver\t2001:db8::53 \noptions edns0\n", "192.0.2.53:53,[2001:db8::53]:53")]
    [InlineData("search x.test\n# nameserver 192.0.2.1\n", "127.0.0.1:53")]
    public void The_servers_of_the_system_are_found(string text, string servers) =>
        Assert.Equal(servers, string.Join(',', StubResolverOptions.ReadServers(text)));

    [Theory]
    [InlineData("δοκιμή.test", "xn--jxalpdlp.test")]
    [InlineData("X.Test.", "x.test")]
    public void A_name_has_one_form(string name, string canonical) => Assert.Equal(canonical, DnsMessage.Canonical(name));

    [Theory]
    [InlineData("")]
    [InlineData("a..b")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa.test")]
    public void What_is_no_name_is_not_asked_for(string name) => Assert.Throws<DnsException>(() => DnsMessage.Canonical(name));

    private static StubResolver Over(TimeProvider time, params DnsOnTheWire[] servers) =>
        new(new StubResolverOptions { Servers = [.. servers.Select(s => s.EndPoint)] }, time);
}

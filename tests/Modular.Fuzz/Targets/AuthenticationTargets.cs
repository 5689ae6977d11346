using System.Net;
using System.Text;
using Modular.Mail.Authentication;
using Modular.Mail.Dkim;
using Modular.Mail.Dns;

namespace Modular.Fuzz.Targets;

/// <summary>Signatures, keys, policies, results and name server responses: all of them are written by strangers.</summary>
internal static class AuthenticationTargets
{
    private const string Key = "v=DKIM1; k=rsa; h=sha256; s=email; t=y:s; g=*; n=note; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWRiGs5V6NpP3idY6Wk08a5qhdR6wy5bdOKb2jLQiY/J16JYi0Qvx/byYzCNb3W91y3FutACDfzwQ/BC/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3Ip3G+2kryOTIKT+l/K4w3QIDAQAB";

    private const string EdKey = "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";

    private const string Signed = "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/simple; d=football.example.com;\r\n i=joe@football.example.com; q=dns/txt; s=test; t=1528637909; x=1728637909; l=3;\r\n h=from:to:subject:from; bh=2jUSOH9NhtVGCQWNr9BrIAPreKQjO6Sn7XIkfJVOzv8=;\r\n b=F45dVWDfMbQDGHJFlXUNB2HKfbCeLRyhDXgFpEL8GwpsRe0IeIixNTe3\r\nFrom: Joe <joe@football.example.com>\r\nTo: a@b.test\r\nSubject: x\r\n\r\nHi.\r\n \t\r\n\r\n";

    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("dkim-signature", () => [Encoding.ASCII.GetBytes(Signed), Encoding.ASCII.GetBytes(Signed.Replace("rsa-sha256", "ed25519-sha256", StringComparison.Ordinal)), .. Seeds.Mail("dkim")], Verify),
        new("dkim-key", () => [Encoding.ASCII.GetBytes(Key), Encoding.ASCII.GetBytes(EdKey)], VerifyBy),
        new("spf-record", () => [.. new[] { "v=spf1 a:%{d2}/24//64 mx include:_spf.x.test ip4:192.0.2.0/24 ip6:2001:db8::/32 -all", "v=spf1 exists:%{ir}.%{l1r+-}._spf.%{d} ptr:x.test redirect=%{h} exp=why.%{o}" }.Select(Encoding.ASCII.GetBytes)], ReadSpf),
        new("dmarc-record", () => ["v=DMARC1; p=reject; sp=quarantine; np=none; adkim=s; aspf=r; psd=n; t=y; rua=mailto:a@x.test,mailto:b@y.test!10m; fo=1:d"u8.ToArray()], input => DmarcRecord.Parse(Text(input))),
        new("authentication-results", () => ["mx.test 1; dkim/1=pass (a (b) c) reason=\"x\\\"y\" header.d=x.test header.b=\"a b\"; spf=fail smtp.mailfrom=ann@x.test; dmarc=none"u8.ToArray(), "mx.test; none"u8.ToArray()], ReadResults),
        new("dns-message", () => [Response(DnsType.Mx, [0, 10, 2, (byte)'m', (byte)'x', 0xC0, 12]), Response(DnsType.Txt, [3, (byte)'a', (byte)'b', (byte)'c']), Response(DnsType.Tlsa, [3, 1, 1, 9, 9]), Response(DnsType.Cname, [1, (byte)'y', 0xC0, 14])], ReadResponse),
    ];

    private static void Verify(byte[] input)
    {
        var end = input.AsSpan().IndexOf("\r\n\r\n"u8);
        var header = end < 0 ? input : input[..(end + 2)];
        foreach (var signature in DkimVerifier.ReadSignatures(header))
        {
            var result = DkimVerifier.Verify(signature, header, end < 0 ? [] : input.AsSpan(end + 4), signature.Algorithm is "rsa-sha256" ? Key : EdKey, DateTimeOffset.UnixEpoch);
            Expect.That(result.Verdict is not DkimVerdict.Pass || signature.Domain.Length > 0, "a signature of nobody passes");
        }

        AuthenticationResultsStamp.Apply(input, new AuthenticationResults("mx.test", []));
    }

    private static void VerifyBy(byte[] input)
    {
        var octets = Encoding.ASCII.GetBytes(Signed);
        var signature = DkimVerifier.ReadSignatures(octets)[0];
        Expect.That(DkimVerifier.Verify(signature, octets, "Hi.\r\n"u8, Text(input), DateTimeOffset.UnixEpoch).Verdict is not DkimVerdict.Pass, "a signature that is none passes");
    }

    private static void ReadSpf(byte[] input)
    {
        var values = new SpfMacroValues("a-b@x.test", "x.test", IPAddress.IPv6Loopback, "helo.test", "mx.test", DateTimeOffset.UnixEpoch);
        var record = SpfRecord.Parse(Text(input));
        foreach (var spec in record.Mechanisms.Select(mechanism => mechanism.Domain).Append(record.Redirect).Append(record.Explanation).OfType<string>())
            SpfMacro.ExpandName(spec, values, "unknown");
        if (SpfMacro.IsMacroString(Text(input), isExplanation: true))
            SpfMacro.Expand(Text(input), values, "unknown");
    }

    /// <summary>What was read and is written again is read the same, and stays one field.</summary>
    private static void ReadResults(byte[] input)
    {
        if (AuthenticationResults.Parse(Text(input)) is not { } read)
            return;
        var field = read.ToField();
        Expect.That(field.Split("\r\n").SkipLast(1).Skip(1).All(line => line.StartsWith(' ')), "a line leaves the field");
        var again = AuthenticationResults.Parse(field[(AuthenticationResults.FieldName.Length + 1)..]);
        Expect.That(again is not null && again.Results.Select(result => result.Method + result.Result).SequenceEqual(read.Results.Select(result => result.Method + result.Result)), "it is read otherwise when written again");
    }

    private static void ReadResponse(byte[] input)
    {
        if (input.Length < 12)
            return;     // not taken for a response (DnsMessage.Answers)
        foreach (var type in Enum.GetValues<DnsType>())
        {
            try
            {
                DnsMessage.Read(input, "x.test", type);
            }
            catch (InvalidDataException)
            {
                // Refused, as it should be.
            }
        }
    }

    private static byte[] Response(DnsType type, byte[] data) =>
    [
        0, 1, 0x81, 0x80, 0, 1, 0, 1, 0, 0, 0, 0, 1, (byte)'x', 4, .. "test"u8, 0, 0, (byte)type, 0, 1,
        0xC0, 12, 0, (byte)type, 0, 1, 0, 0, 0, 60, 0, (byte)data.Length, .. data,
    ];

    private static string Text(byte[] input) => Encoding.Latin1.GetString(input);
}

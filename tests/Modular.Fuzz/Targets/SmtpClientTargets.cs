using System.Text;
using Modular.Mail.Smtp.Client;
using Modular.Mail.TransportSecurity;

namespace Modular.Fuzz.Targets;

/// <summary>What far servers say to us, and what domains publish about themselves.</summary>
internal static class SmtpClientTargets
{
    public static IReadOnlyList<FuzzTarget> All { get; } =
    [
        new("replies", () => Seeds.Texts("250-mx.example\r\n250-SIZE 1000\r\n250-AUTH PLAIN LOGIN\r\n250 PIPELINING\r\n", "550-5.1.1 no\r\n550 5.1.1 such user\r\n", "421 4.3.2 bye\n", "354\r\n"), ReadReplies),
        new("mta-sts", () => Seeds.Texts("version: STSv1\r\nmode: enforce\r\nmx: mail.example.com\r\nmx: *.example.net\r\nmax_age: 604800\r\n", "v=STSv1; id=20160831085700Z;"), ReadPolicy),
        new("scram", () => Seeds.Texts("r=abcX,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"), ReadScram),
    ];

    private static void ReadReplies(byte[] input)
    {
        for (var at = 0; at < input.Length;)
        {
            var status = ReplyReader.TryRead(input.AsSpan(at), out var reply, out var length);
            Expect.That(status is ReplyStatus.Complete == reply is not null, "a reply without its status, or the other way round");
            if (reply is null)
                return;
            Expect.That(length >= 4 && reply.Code is >= 200 and < 600 && !reply.Text.Any(static c => char.IsControl(c) && c is not '\n'), "a reply that is none");
            SmtpCapabilities.Parse(reply);
            at += length;
        }
    }

    private static void ReadPolicy(byte[] input)
    {
        MtaStsRecord.FindId([Encoding.Latin1.GetString(input)]);
        if (MtaStsPolicy.Parse(input) is not { } policy)
            return;
        policy.Covers("mail.example.com");
        Expect.That(MtaStsPolicy.Parse(Encoding.UTF8.GetBytes(policy.ToString())) is { } again && again.Mode == policy.Mode && again.MaxAge == policy.MaxAge && again.Patterns.SequenceEqual(policy.Patterns), "a policy is read differently when it is written again");
    }

    private static void ReadScram(byte[] input)
    {
        try
        {
            var text = Encoding.Latin1.GetString(input);
            if (!text.Contains("i=", StringComparison.Ordinal) || text.Contains("i=4096", StringComparison.Ordinal))   // what is asked for is worked off, so that not much may be asked for
                new ScramClient("user", "pencil", "abc").Answer(text);
        }
        catch (FormatException)
        {
            // Refused, as it should be.
        }
    }
}

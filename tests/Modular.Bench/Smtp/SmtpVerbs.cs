using System.Globalization;
using Modular.Mail.Smtp.Server;

namespace Modular.Bench.Smtp;

/// <summary>The SMTP server and client to be measured from outside, with Postfix's smtp-source and smtp-sink as their peers.</summary>
internal static class SmtpVerbs
{
    public static async Task<int> RunAsync(string[] args)
    {
        int Number(int index, int otherwise) => args.Length > index ? int.Parse(args[index], CultureInfo.InvariantCulture) : otherwise;
        switch (args.FirstOrDefault())
        {
            case "serve":
                await SmtpServe.RunAsync(Number(1, 2525), args.Contains("refuse") ? BareLineEnds.Refuse : BareLineEnds.Normalise);
                return 0;
            case "send":
                await SmtpSend.RunAsync(Number(1, 2525), Number(2, 100_000), Number(3, 8), Number(4, 10_240), Number(5, 0), args.Length > 8 ? new(args[6], args[7]) : null, args.Length > 8 ? args[8] : "news.test");
                return 0;
            case "crowd":
                return await SmtpCrowd.RunAsync(Number(1, 2525), Number(2, 0), Number(3, 10_000), Number(4, 500), args.Length > 5 ? args[5] : "postmaster");
            default:
                Console.Error.WriteLine("smtp serve PORT [refuse] | smtp crowd PORT PID [IDLE] [SLOW] [RCPT] | smtp send PORT MESSAGES CONNECTIONS BYTES [COMMIT-MS] [USER PASSWORD DOMAIN]");
                return 2;
        }
    }
}

using System.Security.Cryptography;
using System.Text;

namespace Modular.Mail.Smtp.Client;

/// <summary>AUTH with the strongest mechanism that both sides know (RFC 4954 §4). Secrets never reach the transcript.</summary>
internal sealed class SmtpSignIn(SmtpCredentials credentials, bool mayShowPassword, Func<string, string, ValueTask<SmtpReply>> ask)
{
    private const string Hidden = "<secret>", Cancel = "*\r\n";

    public async Task RunAsync(IReadOnlyList<string> offered)
    {
        bool Offers(string mechanism) => offered.Contains(mechanism, StringComparer.OrdinalIgnoreCase);
        if (Offers("SCRAM-SHA-256"))
            await ScramAsync();
        else if (!Offers("PLAIN") && !Offers("LOGIN"))
            throw new SmtpException(SmtpStage.SignIn, $"The server offers no way to sign in that we know: {(offered.Count > 0 ? string.Join(' ', offered) : "no AUTH at all")}.");
        else if (!mayShowPassword)
            throw new SmtpException(SmtpStage.SignIn, "The session is not encrypted, and the server wants to be shown the password: it was not.");
        else if (Offers("PLAIN"))
            Finish(await ask($"AUTH PLAIN {Base64($"\0{credentials.UserName}\0{credentials.Password}")}\r\n", $"AUTH PLAIN {Hidden}"));   // RFC 4616 §2
        else
            await LoginAsync();
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    private static void Finish(SmtpReply reply)
    {
        if (!reply.IsPositive)
            throw SmtpException.Saying(SmtpStage.SignIn, reply);
    }

    private async Task LoginAsync()
    {
        Continue(await ask("AUTH LOGIN\r\n", "AUTH LOGIN"));
        Continue(await ask(Base64(credentials.UserName) + "\r\n", Hidden));
        Finish(await ask(Base64(credentials.Password) + "\r\n", Hidden));
    }

    private async Task ScramAsync()
    {
        var scram = new ScramClient(credentials.UserName, credentials.Password, Convert.ToBase64String(RandomNumberGenerator.GetBytes(18)));
        var reply = Continue(await ask($"AUTH SCRAM-SHA-256 {Base64(scram.First)}\r\n", $"AUTH SCRAM-SHA-256 {Hidden}"));
        string answer;
        try
        {
            answer = scram.Answer(Encoding.UTF8.GetString(Convert.FromBase64String(reply.Text)));
        }
        catch (FormatException fault)
        {
            await ask(Cancel, "*");
            throw new SmtpException(SmtpStage.SignIn, fault.Message, inner: fault);
        }

        reply = Continue(await ask(Base64(answer) + "\r\n", Hidden));
        if (!scram.IsServer(Decoded(reply.Text)))
        {
            await ask(Cancel, "*");
            throw new SmtpException(SmtpStage.SignIn, "The server could not prove that it knows the password: it is not the one we meant.");
        }

        Finish(await ask("\r\n", ""));   // RFC 4954 §4: the last challenge of the server is answered with nothing
    }

    private static string Decoded(string base64)
    {
        var bytes = new byte[base64.Length];
        return Convert.TryFromBase64String(base64, bytes, out var length) ? Encoding.UTF8.GetString(bytes, 0, length) : "";
    }

    private static SmtpReply Continue(SmtpReply reply) => reply.Code is 334 ? reply : throw SmtpException.Saying(SmtpStage.SignIn, reply);
}

using System.Text.Encodings.Web;
using System.Text.Json;

namespace Modular.Tenancy.Users;

/// <summary>What the commands of this module share: who calls, a password from standard input, a refusal, an answer as JSON.</summary>
internal static class Prompted
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The operating system's user, for the audit.</summary>
    public static string Actor => "cli:" + Environment.UserName;

    /// <summary>The first line of standard input; empty when there is none, which no rule for passwords lets pass.</summary>
    public static async Task<string> PasswordAsync(CancellationToken ct) => await Console.In.ReadLineAsync(ct) ?? "";

    extension(CommandLine line)
    {
        public int Fail(Fault fault)
        {
            line.Error.WriteLine(fault.Detail);
            return 1;
        }

        public void WriteJson<T>(T value) => line.Out.WriteLine(JsonSerializer.Serialize(value, Json));
    }
}

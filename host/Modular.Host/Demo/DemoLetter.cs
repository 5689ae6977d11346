using System.Globalization;

namespace Modular.Host.Demo;

/// <summary>What the demo sends: a letter of some 13 KB with eight links, a block for some readers only, and words to fall back on.</summary>
internal sealed record DemoLetter(string Name, string Subject, string Html)
{
    public const int Links = 8;

    public static DemoLetter Spring(int run) => new(string.Create(CultureInfo.InvariantCulture, $"Spring letter {run}"), "{{first_name fallback=\"Friend\"}}, peas before you think it is time", Read("spring.html"));

    public static DemoLetter Autumn(int run) => new(string.Create(CultureInfo.InvariantCulture, $"Autumn letter {run}"), "Long shadows, {{first_name fallback=\"friend\"}}", Read("autumn.html"));

    private static string Read(string file)
    {
        using var stream = typeof(DemoLetter).Assembly.GetManifestResourceStream("Demo/" + file) ?? throw new InvalidOperationException($"{file} is not in the assembly.");
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}

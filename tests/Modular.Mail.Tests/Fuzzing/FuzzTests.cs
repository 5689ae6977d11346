using Modular.Fuzz;

namespace Modular.Mail.Tests.Fuzzing;

/// <summary>The fuzzers of tests/Modular.Fuzz, a bounded number of inputs each. What they find by hand becomes a test beside its parser.</summary>
public sealed class FuzzTests
{
    private const int Inputs = 200;
    private const int Seed = 20260101;

    public static TheoryData<string> Targets => [.. FuzzTarget.All.Select(target => target.Name)];

    [Theory]
    [MemberData(nameof(Targets))]
    public void Noise_breaks_no_parser(string name)
    {
        var crash = new Fuzzer(FuzzTarget.All.Single(target => target.Name == name), Seed).Run(Inputs, isTimed: false);

        Assert.True(crash is null, $"{crash?.Target} {crash?.Seed}: {crash?.What}");
    }
}

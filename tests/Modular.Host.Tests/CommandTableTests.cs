using Modular.Host.Commands;

namespace Modular.Host.Tests;

public sealed class CommandTableTests
{
    private static readonly CommandTable Table = new([new Probe("tenant create"), new Probe("tenant list"), new Probe("tenant"), new Probe("export")]);

    [Fact]
    public void The_longest_name_wins_and_the_rest_are_its_words()
    {
        var found = Table.Find(["tenant", "create", "acme", "--name", "Acme"]);

        Assert.Equal("tenant create", found?.Description.Name);
        Assert.Equal(["acme", "--name", "Acme"], found?.Words);
    }

    [Theory]
    [InlineData("tenant crate acme", "tenant create")]
    [InlineData("exprot", "export")]
    [InlineData("tenannt list", "tenant list")]
    public void An_unknown_command_is_answered_with_the_closest_names(string typed, string near)
    {
        using var error = new StringWriter();
        Table.WriteUnknown(typed.Split(' '), error);
        Assert.Contains(near, error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_proposed_that_does_not_look_like_it()
    {
        using var error = new StringWriter();
        Table.WriteUnknown(["frobnicate"], error);
        Assert.DoesNotContain("mean", error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Help_names_every_command_with_its_usage()
    {
        using var output = new StringWriter();
        Table.WriteUsage(output);
        Assert.Contains("tenant create ARGS", output.ToString(), StringComparison.Ordinal);
    }

    private sealed class Probe(string name) : ICommand
    {
        public string Name => name;

        public string Usage => "ARGS";

        public string Summary => "Does nothing.";

        public Task<int> RunAsync(CommandLine line, CancellationToken ct) => Task.FromResult(0);
    }
}

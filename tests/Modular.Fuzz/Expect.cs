namespace Modular.Fuzz;

internal static class Expect
{
    /// <summary>What a reader's answer must be whatever it read; the message is the crash's.</summary>
    public static void That(bool holds, string otherwise)
    {
        if (!holds)
            throw new InvalidDataException(otherwise);
    }
}

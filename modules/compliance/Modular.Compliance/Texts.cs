namespace Modular.Compliance;

/// <summary>Names <c>Texts.resx</c>, where this module's words for people are.</summary>
internal sealed class Texts;

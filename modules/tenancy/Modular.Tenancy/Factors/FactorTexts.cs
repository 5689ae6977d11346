namespace Modular.Tenancy.Factors;

/// <summary>Names <c>FactorTexts.resx</c>: the words of the pages about second factors.</summary>
internal sealed class FactorTexts;

namespace Modular.Delivery.Messages;

internal static class StateWords
{
    /// <summary>As REST and the console's badges spell it.</summary>
    public static string Of(DeliveryState state) => state is DeliveryState.GivenUp ? "given_up" : state.ToString().ToLowerInvariant();
}

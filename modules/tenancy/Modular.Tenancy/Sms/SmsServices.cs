using Microsoft.Extensions.DependencyInjection;

namespace Modular.Tenancy.Sms;

internal static class SmsServices
{
    public static IServiceCollection AddSms(this IServiceCollection services) => services
        .AddSingleton<SmsSetup>()
        .AddSingleton<SmsSender>()
        .AddSealedColumn("tenancy.sms_gateway", "gateway_id", "settings_sealed", SmsSetup.Purpose)
        .AddSingleton<ICommand, SmsUseCommand>()
        .AddSingleton<ICommand, SmsShowCommand>()
        .AddSingleton<ICommand, SmsTestCommand>();
}

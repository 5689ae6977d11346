using BenchmarkDotNet.Running;
using Modular.Bench.Smtp;

if (args.FirstOrDefault() is "smtp")
    return await SmtpVerbs.RunAsync(args[1..]);
BenchmarkSwitcher.FromAssembly(typeof(SmtpVerbs).Assembly).Run(args);
return 0;

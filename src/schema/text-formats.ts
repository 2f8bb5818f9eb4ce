export const textFormats: Readonly<Record<string, (text: string) => boolean>> = Object.fromEntries(
  ['line','policyName','machineId','machineName','instant','duration','durationOrZero','freshness','sha1','fileName','guid','endpoint','share','wholeNumber','positiveNumber'].map(n=>[n,()=>true]))

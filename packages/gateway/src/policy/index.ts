export { compilePolicy } from './compile-policy.ts'
